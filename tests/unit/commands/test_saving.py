"""A person's own list: saved from anywhere, shown to nobody else, taken apart again, and given as files."""

import json
from dataclasses import replace

import pytest
import rispy
from pybtex.database import parse_string

from bot.message import Message
from bot.model import Address, ChatKind, Paper
from bot.ports import Outcome, Sent, SourcePaper, Unreachable
from bot.store import saved
from bot.store.papers import merge_papers
from tests.unit.commands.conftest import GROUP, NOW, Scene, all_words

VITAR = "2403.18361"
ME = "telegram:7"


@pytest.fixture
async def reader(scene: Scene) -> Scene:
    await scene.fetched("2024-03-28")
    return scene


async def said(scene: Scene, text: str = "", action: str = "", person: str = "7", **changes) -> str:
    return all_words(await scene.ask(text, action=action, person=person, **changes))


def listed(scene: Scene, person: str = ME) -> list[str]:
    return scene.store.read_now(saved.ids, person)


async def test_a_paper_is_saved_by_its_button_once(reader: Scene):
    assert await said(reader, action=f"k:{VITAR}") == f"Saved. /saved shows your list, /unsave {VITAR} takes this off it."
    assert "saved this already" in await said(reader, action=f"k:{VITAR}")
    assert listed(reader) == [VITAR]


async def test_a_paper_is_saved_by_its_id_and_taken_off_again(reader: Scene):
    assert "Saved: ViTAR" in await said(reader, f"/save https://arxiv.org/abs/{VITAR}v2")
    assert "Saved already: ViTAR" in await said(reader, f"/저장 {VITAR}")
    assert await said(reader, f"/unsave {VITAR}") == f"Taken off your list: {VITAR}"
    assert "is not on your list" in await said(reader, f"/unsave {VITAR}")
    assert listed(reader) == []


async def test_a_paper_that_is_not_here_is_fetched_to_be_saved(scene: Scene):
    assert "Saved: ViTAR" in await said(scene, f"/save {VITAR}")
    # A button under a message that is older than the store.
    assert "Saved: " in await said(scene, action="k:2403.18802")
    assert listed(scene) == ["2403.18802", VITAR]


@pytest.mark.parametrize("text", ["/save", "/save nonsense", "/unsave", "/unsave nonsense", "/save 2403.99999"])
async def test_what_names_no_paper_saves_nothing(reader: Scene, text: str):
    assert await said(reader, text)
    assert listed(reader) == []


async def test_the_list_has_the_newest_first_and_its_buttons_open_papers_and_write_files(reader: Scene):
    await said(reader, f"/save {VITAR}")
    later = reader.at("2024-03-28T21:00:00Z")
    await said(later, "/save 2403.18802")
    (page,) = await later.ask("/saved", person="7")
    assert [entry.link.rsplit("/", 1)[1] for entry in page.entries] == ["2403.18802", VITAR]
    assert page.private
    assert [(button.label, button.action) for button in page.buttons] == [
        ("1", "o:2403.18802"), ("2", f"o:{VITAR}"), ("BibTeX", "k:bibtex"), ("CSL-JSON", "k:csl"), ("RIS", "k:ris"),
    ]  # fmt: skip


async def test_long_lists_have_pages_of_the_pressers_own(reader: Scene):
    await reader.fetched("2024-03-27")
    papers = reader.store.read_now(
        lambda connection: [row["id"] for row in connection.execute("SELECT id FROM paper LIMIT 13")]
    )
    for paper_id in papers:
        await said(reader, action=f"k:{paper_id}")
    (first,) = await reader.ask("/saved", person="7")
    (turn,) = [button.action for button in first.buttons if button.label == "›"]
    (second,) = await reader.ask("", action=turn, person="7")
    links = [entry.link.rsplit("/", 1)[1] for entry in (*first.entries, *second.entries)]
    assert sorted(links) == sorted(papers)
    assert second.entries[0].number == 11
    assert "You have saved nothing yet." in await said(reader, action=turn, person="8")


async def test_an_empty_list_says_how_it_fills(reader: Scene):
    words = await said(reader, "/saved")
    assert "You have saved nothing yet." in words
    assert "/save 2403.18361" in words
    assert "You have saved nothing yet." in await said(reader, action="k:bibtex")


async def exported(scene: Scene, text: str = "", action: str = "") -> tuple[str, str, Message]:
    (message,) = await scene.ask(text, action=action, person="7")
    assert message.file is not None
    assert message.private
    return message.file.name, message.file.content.decode(), message


async def test_the_list_is_exported_as_files(reader: Scene):
    await said(reader, f"/save {VITAR}")
    await said(reader, "/save 2403.18802")
    name, text, message = await exported(reader, "/saved bibtex")
    assert (name, message.paragraphs) == ("saved-papers.bib", ("Your 2 saved papers as BibTeX.",))
    assert {one.fields["eprint"] for one in parse_string(text, "bibtex").entries.values()} == {VITAR, "2403.18802"}
    name, text, _ = await exported(reader, action="k:csl")
    assert name == "saved-papers.json"
    assert {one["DOI"] for one in json.loads(text)} == {f"10.48550/arXiv.{VITAR}", "10.48550/arXiv.2403.18802"}
    name, text, _ = await exported(reader, "/saved EndNote")
    assert name == "saved-papers.ris"
    assert len(rispy.loads(text)) == 2


async def test_an_unknown_format_names_those_that_there_are(reader: Scene):
    words = await said(reader, "/saved docx")
    assert "/saved bibtex, /saved csl, /saved ris" in words
    assert f"/save {VITAR}" in await said(reader, f"/saved {VITAR}")


async def test_a_single_paper_is_cited(reader: Scene):
    (message,) = await reader.ask(f"/cite {VITAR}")
    assert message.code.startswith("@misc{fan2024vitar,")
    (message,) = await reader.ask(f"/cite {VITAR} ris")
    assert message.file is not None
    assert message.file.content.startswith(b"TY  - UNPB")
    assert "Which paper? For example /cite 2403.18361" in await said(reader, "/cite")


async def test_a_citation_in_a_format_that_there_is_not_names_those_that_there_are(reader: Scene):
    words = await said(reader, f"/cite {VITAR} word")
    assert "“word” is no format: there are bibtex, csl, ris." in words
    assert f"/cite {VITAR}" in words


async def test_a_citation_longer_than_a_screen_is_a_file(reader: Scene):
    many = json.dumps(["Qihang Fan", *["Ada Lovelace"] * 600])
    reader.store.write_now(lambda connection: connection.execute("UPDATE paper SET authors = ?", (many,)))
    (message,) = await reader.ask(f"/cite {VITAR}")
    assert message.file is not None
    assert message.file.name == "fan2024vitar.bib"
    assert message.file.content.decode().count("Lovelace, Ada") == 600


async def test_in_a_group_the_list_is_the_askers_and_hidden(reader: Scene):
    await said(reader, f"/save {VITAR}", address=GROUP, kind=ChatKind.GROUP)
    (page,) = await reader.in_group("/saved", person="7", addressed=True)
    assert page.private
    assert len(page.entries) == 1
    assert "You have saved nothing yet." in await said(reader, "/saved", person="8", address=GROUP, kind=ChatKind.GROUP)


async def test_where_nothing_can_be_hidden_the_list_comes_in_the_private_chat(reader: Scene):
    await said(reader, f"/save {VITAR}")
    alone: list[Message] = []

    async def send(message: Message) -> Outcome:
        alone.append(message)
        return Sent("1")

    async def refuse(message: Message) -> Outcome:
        return Unreachable("the bot cannot begin a conversation")

    words = all_words(await reader.in_group("/saved", person="7", addressed=True, alone=send))
    assert words == "I have sent that to you in our private chat."
    assert [len(message.entries) for message in alone] == [1]
    words = all_words(await reader.in_group("/saved", person="7", addressed=True, alone=refuse))
    assert "Open a private chat with me first." in words
    assert "ViTAR" not in words


async def test_who_is_not_known_has_no_list(reader: Scene):
    channel = Address("telegram", "-1001")
    for text in ("/saved", f"/save {VITAR}", f"/unsave {VITAR}"):
        assert "I cannot see who you are here" in await said(
            reader, text, person="", address=channel, kind=ChatKind.CHANNEL
        )
    assert reader.store.read_now(saved.count, "telegram:") == 0


async def test_people_of_two_platforms_with_one_number_are_two(reader: Scene):
    await said(reader, f"/save {VITAR}")
    assert "nothing yet" in await said(reader, "/saved", address=Address("discord", "1"))


async def test_a_full_list_says_so(reader: Scene):
    many = [Paper(id=f"2401.{number:05d}", title="One of many") for number in range(saved.MOST)]
    reader.store.write_now(merge_papers, [SourcePaper(paper=one) for one in many], now=NOW)
    reader.store.write_now(
        lambda connection: connection.execute(
            "INSERT INTO saved SELECT ?, key, '2024-03-28' FROM paper WHERE title = 'One of many'", (ME,)
        )
    )
    assert "Your list is full: it holds 2,000 papers." in await said(reader, action="k:2403.18802")
    assert "Your list is full" in await said(reader, "/save 2403.18802")
    assert len(listed(reader)) == saved.MOST


async def test_a_removal_by_button_takes_it_off(reader: Scene):
    await said(reader, f"/save {VITAR}")
    assert await said(reader, action=f"k:-{VITAR}") == f"Taken off your list: {VITAR}"


async def test_the_list_speaks_the_readers_language(reader: Scene):
    korean = replace(reader, language="ko")
    saved_so = f"저장했습니다. /saved 명령으로 목록을 보고, /unsave {VITAR} 명령으로 뺄 수 있습니다."
    assert await said(korean, action=f"k:{VITAR}") == saved_so
    # A glance on Telegram, not a window to be closed.
    assert len(saved_so) < 100
    assert "저장한 논문" in await said(korean, "/저장목록")


async def test_what_is_saved_is_taken_off_again_where_it_is_read(reader: Scene):
    (paper,) = await reader.ask(f"/paper {VITAR}", person="7")
    assert [one.label for one in paper.buttons if one.row == 1] == ["Abstract", "Similar", "Save"]
    await said(reader, f"/save {VITAR}")
    (paper,) = await reader.ask("", action=f"o:{VITAR}", person="7")
    (unsave,) = [one for one in paper.buttons if one.label == "Unsave"]
    assert await said(reader, action=unsave.action) == f"Taken off your list: {VITAR}"
    others = await reader.in_group(f"/paper {VITAR}", person="7")
    assert "Unsave" not in [one.label for one in others[0].buttons]
