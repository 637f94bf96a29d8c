"""One's own things, on both platforms and in the terminal: saved, exported, looked back on, explained, forgotten."""

import json
import sqlite3
from pathlib import Path

import pytest
import rispy
from pybtex.database import parse_string

from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import AFTER_NINE, BEFORE_NINE, EVENING, PAPERS, Story
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person, SentMessage

FIRST, SECOND = PAPERS[:2]
SAVED = f"저장했습니다. /saved 명령으로 목록을 보고, /unsave {FIRST} 명령으로 뺄 수 있습니다."


def traces(store: Path, *words: str) -> set[str]:
    """Where any of `words` stands in the store that the program has left."""
    connection = sqlite3.connect(store)
    connection.row_factory = sqlite3.Row
    found = set()
    for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            found |= {f"{table}.{name}" for name in row.keys() if any(word in str(row[name]) for word in words)}  # noqa: SIM118
    connection.close()
    return found


async def press(telegram: FakeTelegram, person: Person, message: SentMessage, button: str) -> str:
    return await telegram.answer_to(await telegram.presses(message_chat(message, person), person, message, button), 10)


def message_chat(message: SentMessage, person: Person) -> Person:
    assert message.chat_id == person.id
    return person


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "daily-papers.db"


async def test_a_reader_saves_exports_looks_back_and_is_forgotten(tmp_path: Path, store: Path):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        minji = telegram.person(777888777)
        lab = telegram.supergroup("Lab of seven", admins=(minji,))
        ada, channel = discord.user("ada"), discord.channel()
        settings = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, **discord.environment()}
        one = Story(tmp_path, hub, settings, TelegramTalk(telegram, minji, minji))

        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            # --- Telegram: a button, a command, a list, a file.
            await one.asks(f"/paper {FIRST}")
            assert await press(telegram, minji, telegram.in_chat(minji)[-1], "저장") == SAVED
            (answer,) = await one.asks(f"/저장 {SECOND}")
            assert "저장했습니다" in answer.text
            (page,) = await one.asks("/saved")
            assert {link.rsplit("/", 1)[1] for link in page.links} == {FIRST, SECOND}
            await press(telegram, minji, telegram.in_chat(minji)[-1], "BibTeX")
            file = (await telegram.wait_for(minji, where=lambda sent: sent.file is not None))[0]
            one.heard += 1
            assert file.file is not None
            assert (str(file.file), file.text) == ("saved-papers.bib", "저장한 논문 2편을 BibTeX 형식으로 드립니다.")
            cited = parse_string(file.file.content.decode(), "bibtex").entries.values()
            assert {entry.fields["eprint"] for entry in cited} == {FIRST, SECOND}

            # --- In a group, the list comes in the private chat; nothing of it is said to the others.
            await telegram.says(lab, minji, "/saved@DailyPapersBot")
            (told,) = await telegram.wait_for(lab)
            assert told.text == "개인 채팅으로 보내 드렸습니다."
            assert "ViTAR" not in told.text
            assert len(await one.talk.said(one.heard + 1)) == one.heard + 1
            one.heard += 1

            # --- Discord: only the asker sees it.
            asked = await discord.slash(channel, ada, "save", {"id": FIRST}, locale="ko")
            (answered,) = await asked.answered()
            assert answered.ephemeral
            asked = await discord.slash(channel, ada, "saved", locale="ko")
            (listed,) = await asked.answered()
            assert listed.ephemeral
            pressed = await discord.presses(listed, ada, "RIS", locale="ko")
            (given,) = await pressed.answered()
            assert given.ephemeral
            (written,) = given.files.values()
            assert [entry["doi"] for entry in rispy.loads(written.decode())] == [f"10.48550/arXiv.{FIRST}"]
            asked = await discord.slash(channel, discord.user("bo"), "saved", {"format": "csl"}, locale="ko")
            assert "저장한 논문이 아직 없습니다." in (await asked.answered())[0].text
            assert channel.messages == []

            await one.asks("/subscribe 09:00 Asia/Seoul")
            (answer,) = await one.asks("/history")
            assert "아직 이 채팅에 보낸 소식이 없습니다." in answer.text
            assert await bot.terminate() == 0

        async with running(tmp_path, one.at(BEFORE_NINE)) as bot:
            await one.talk.said(one.heard + 11, 30)
            one.heard += 11
            await bot.wait_for_log("delivery ended")
            assert await bot.terminate() == 0

        async with running(tmp_path, one.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("listening")
            # --- What came, day by day, in place.
            (days,) = await one.asks("/history")
            assert "2024-03-28" in days.text
            assert "논문 10편 · 2024-03-29 09:00" in days.text
            shown = telegram.in_chat(minji)[-1]
            await press(telegram, minji, shown, "1")
            (opened,) = await telegram.wait_for(minji, where=lambda sent: "2024-03-28 (목) 소식으로 보낸 논문" in sent.text)
            assert [link.rsplit("/", 1)[1] for link in opened.links] == PAPERS
            await press(telegram, minji, opened, "‹ 전체 날짜")
            await telegram.wait_for(minji, where=lambda sent: "이 채팅에 보낸 소식" in sent.text)

            # --- What is kept, and its end.
            (privacy,) = await one.asks("/privacy")
            assert "/forget" in privacy.text
            assert traces(store, "777888777")
            await one.asks("/forget")
            await press(telegram, minji, telegram.in_chat(minji)[-1], "모두 삭제")
            await telegram.wait_for(minji, where=lambda sent: sent.text.startswith("삭제했습니다."))
            (answer,) = await one.asks("/saved")
            assert "저장한 논문이 아직 없습니다." in answer.text
            await telegram.says(lab, minji, "/subscribe@DailyPapersBot 09:00 Seoul")
            await telegram.wait_for(lab, 2)
            assert "target.title" in traces(store, lab.title)
            await telegram.says(lab, minji, "/forget@DailyPapersBot")
            question = (await telegram.wait_for(lab, 3))[2]
            assert question.buttons.keys() == {"이 채팅 기록 삭제", "삭제하지 않기"}
            await telegram.answer_to(await telegram.presses(lab, minji, question, "이 채팅 기록 삭제"), 10)
            await telegram.wait_for(lab, where=lambda sent: sent.text.startswith("삭제했습니다."))

            asked = await discord.slash(channel, ada, "forget", locale="ko")
            (confirm,) = await asked.answered()
            pressed = await discord.presses(confirm, ada, "내 기록 삭제", locale="ko")
            assert "삭제했습니다." in (await pressed.edited()).text
            assert await bot.terminate() == 0
        assert traces(store, "777888777", ada.id, str(lab.id), lab.title) == set()


async def test_in_the_terminal_files_are_written_into_the_present_folder(tmp_path: Path):
    async with Hub() as hub:
        settings = {"HF_API_URL": hub.url, "ARXIV_API_URL": hub.url, "CLOCK": EVENING, "DEFAULT_LANGUAGE": "en"}
        typed = f"/save {FIRST}\n/saved\n/saved csl\n/saved json\n/cite {FIRST}\n/forget\n/quit\n"
        status, output, errors = await run_command(tmp_path, settings, "chat", typed=typed)
    assert status == 0, errors
    assert "Saved: ViTAR" in output
    assert f"→ {tmp_path / 'saved-papers.json'}" in output
    for name in ("saved-papers.json", "saved-papers-2.json"):
        assert [one["number"] for one in json.loads((tmp_path / name).read_text())] == [f"arXiv:{FIRST}"]
    assert "@misc{fan2024vitar," in output
    assert "Delete everything: /!" in output
