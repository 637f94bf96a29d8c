"""A day and a paper as a reader gets them."""

import datetime as dt
from dataclasses import replace

import pytest

from bot.digest.compose import WRONG, compose_day, compose_item, compose_paper, day_name
from bot.digest.media import picture
from bot.digest.select import chosen, items
from bot.message import Button, Message
from bot.model import REPORTED, Choice, Origin, Paper, Shape, Summary, SummarySource
from bot.sample import sample_day
from bot.summaries.marks import mark

DAY, PAPERS = sample_day()
FIRST = PAPERS[0]


def many(count: int) -> list[Paper]:
    return [Paper(id=f"2401.{n:05}", title=f"Paper <{n}> " + "of many *words* " * 6, upvotes=n) for n in range(count)]


def test_the_sample_day_is_a_heading_and_a_message_a_paper():
    messages = compose_day(DAY, PAPERS, Choice())
    assert len(messages) == 11
    assert messages[0].heading == "Daily Papers · 2024-03-28 (목)"
    assert messages[0].paragraphs == ("논문 10편",)
    assert messages[0].link is None
    assert messages[1].heading == "ViTAR: Vision Transformer with Any Resolution"
    assert messages[1].link == "https://arxiv.org/abs/2403.18361"
    assert messages[1].facts == "👍 26"
    assert messages[1].picture == "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/2403.18361.png"
    assert messages[1].authors is not None
    assert messages[1].authors.text().startswith("Qihang Fan, Quanzeng You, Xiaotian Han")


def test_every_paper_of_the_sample_has_three_bullets_in_both_languages():
    for language in ("ko", "en"):
        messages = compose_day(DAY, PAPERS, Choice(language=language))[1:]
        assert [len(message.bullets) for message in messages] == [3] * 10
        assert len({bullet for message in messages for bullet in message.bullets}) == 30


def test_all_messages_but_the_heading_are_silent():
    assert [message.silent for message in compose_day(DAY, PAPERS, Choice())] == [False] + [True] * 10


def test_papers_stand_by_votes_and_ties_keep_the_lists_order():
    papers = [Paper(id=str(n), title="T", upvotes=votes) for n, votes in enumerate([3, None, 7, 3, 0])]
    assert [paper.id for paper in chosen(papers, Choice())] == ["2", "0", "3", "1", "4"]


def test_least_votes_and_top_choose_and_the_heading_counts_both():
    choice = Choice(min_votes=9, top=4)
    messages = compose_day(DAY, PAPERS, choice)
    assert len(messages) == 5
    assert messages[0].paragraphs == ("논문 10편 가운데 4편",)


@pytest.mark.parametrize(("papers", "offered"), [(15, []), (16, ["☰ One list from now on"])])
def test_a_long_digest_offers_one_list_instead(papers: int, offered: list[str]):
    heading, *_ = compose_day(DAY, many(papers), Choice(language="en"))
    assert [button.label for button in heading.buttons] == offered


def test_a_choice_that_leaves_nothing_is_said():
    (message,) = compose_day(DAY, PAPERS, Choice(language="en", min_votes=99, shape=Shape.COMPACT))
    assert message.paragraphs == ("None of the day's 10 papers has the votes that this chat asks for.",)


def test_a_compact_day_is_numbered_through_its_parts_and_loses_no_paper():
    papers = many(60)
    messages = compose_day(DAY, papers, Choice(language="en", shape=Shape.COMPACT))
    assert len(messages) > 1
    numbers = [entry.number for message in messages for entry in message.entries]
    assert numbers == list(range(1, 61))
    assert messages[0].heading.endswith(f"1/{len(messages)}")
    assert [message.silent for message in messages] == [False] + [True] * (len(messages) - 1)
    assert [bool(message.footer) for message in messages] == [False] * (len(messages) - 1) + [True]


def test_a_frozen_item_of_a_paper_that_is_gone_names_its_id():
    message = compose_item({"kind": "paper", "id": "2401.00009"}, DAY, {}, Choice())
    assert message.heading == "2401.00009"
    assert message.link == "https://arxiv.org/abs/2401.00009"


def test_skipped_days_are_named_in_one_line_of_the_heading():
    head = items(PAPERS, Choice())[0]
    head["skipped"] = ["2024-03-19", "2024-03-20"]
    message = compose_item(head, DAY, {}, Choice(language="en"))
    assert message.paragraphs[1].startswith("2024-03-19, 2024-03-20 were not sent")
    assert "/day 2024-03-19" in message.paragraphs[1]


def links(message: Message) -> list[str]:
    return [button.label for button in message.buttons if button.url]


def wrong(message: Message) -> list[Button]:
    return [button for button in message.buttons if button.action.startswith(f"{WRONG}:")]


def test_under_every_paper_stands_what_can_be_done_with_it():
    message = compose_paper(replace(FIRST, abstract="We count. We sum."), "ko")
    rows = [[(one.label, one.action) for one in message.buttons if one.acts and one.row == row] for row in (1, 2)]
    assert rows[0] == [("초록 전문", f"a:{FIRST.id}"), ("비슷한 논문", f"s:{FIRST.id}"), ("저장", f"k:{FIRST.id}")]
    assert rows[1][0] == ("이런 논문 덜 보기", f"l:{FIRST.id}")
    assert [label for label, _ in rows[1]][1:] == ["⚠ 요약 오류 신고"]
    unknown = compose_paper(Paper(id="math/0309136", title="T"), "en")
    assert [one.label for one in unknown.buttons if one.acts] == ["Similar", "Save", "Less like this"]


def test_the_whole_abstract_stands_in_the_place_of_the_bullets_and_leads_back():
    paper = replace(FIRST, abstract="We count \\textbf{otters}. They are 5\\% more.", keywords=("otters",))
    message = compose_paper(paper, "en", abstract=True)
    assert message.paragraphs == ("🏷 otters", "We count otters. They are 5% more.")
    assert (message.bullets, message.footer, wrong(message)) == ((), "", [])
    assert next((one.label, one.action) for one in message.buttons if one.row == 1) == ("Summary", f"a:{FIRST.id}:b")


def test_each_entry_of_a_compact_list_opens_and_no_part_has_more_than_discord_has_room_for():
    papers = [Paper(id=f"2401.{n:05}", title=f"P{n}", upvotes=1) for n in range(60)]
    parts = compose_day(DAY, papers, Choice(language="en", shape=Shape.COMPACT))
    assert [len(part.entries) for part in parts] == [25, 25, 10]
    for part in parts:
        opened = [(int(button.label), button.action.removeprefix("o:")) for button in part.buttons]
        assert opened == [(entry.number, entry.link.rsplit("/", 1)[1]) for entry in part.entries]
        assert max(sum(button.row == row for button in part.buttons) for row in range(6)) == 5


def test_facts_show_what_the_hub_gives():
    paper = replace(FIRST, comments=3, github_stars=120, organization="Example Lab", github_repo="https://github.com/a/b")
    message = compose_paper(paper, "ko")
    assert message.facts == "👍 26 · 💬 3 · ⭐ 120 · 🏛 Example Lab"
    assert links(message) == ["arXiv", "PDF", "Hugging Face", "코드"]


def test_nested_bullets_follow_theirs():
    nested = Summary(language="ko", source=SummarySource.IMPORTED, bullets=("첫째:\n  - 하나\n  - 둘", "둘째"))
    assert compose_paper(replace(FIRST, summaries=(nested,)), "ko").bullets == ("첫째:", "◦ 하나", "◦ 둘", "둘째")


def test_a_paper_that_only_arxiv_has_leads_to_no_page_of_the_hub():
    message = compose_paper(replace(FIRST, origin=Origin.ARXIV), "en")
    assert links(message) == ["arXiv", "PDF"]


def test_links_that_are_not_https_are_no_buttons():
    paper = replace(FIRST, project_page="javascript:alert(1)", github_repo="http://example.org")
    assert links(compose_paper(paper, "en")) == ["arXiv", "PDF", "Hugging Face"]


@pytest.mark.parametrize("source", [SummarySource.IMPORTED, SummarySource.MODEL, SummarySource.SAMPLE])
def test_under_what_somebody_wrote_stands_a_button_that_says_it_is_wrong(source: SummarySource):
    written = Summary(language="ko", source=source, bullets=("첫째", "둘째"))
    (button,) = wrong(compose_paper(replace(FIRST, summaries=(written,)), "ko"))
    assert (button.label, button.url) == ("⚠ 요약 오류 신고", "")
    assert button.action == f"w:{FIRST.id}:ko:{mark(written)}"
    assert button.acts


def test_what_the_hubs_model_wrote_can_be_called_wrong_too():
    paper = Paper(id="cond-mat/0112017", title="T", hub_summary="It is so. And so.")
    (button,) = wrong(compose_paper(paper, "zh-Hans"))
    assert button.action.startswith("w:cond-mat/0112017:zh-Hans:")
    assert button.acts


@pytest.mark.parametrize(
    "paper",
    [
        Paper(id="1", title="Nothing is known"),
        Paper(id="1", title="Its own sentences", abstract="One sentence is here. Another sentence is there."),
        Paper(
            id="1",
            title="Called wrong already",
            summaries=(
                Summary(language="en", source=SummarySource.IMPORTED, bullets=("a",), verified=False, reasons=(REPORTED,)),
            ),
        ),
    ],
    ids=lambda paper: paper.title,
)
def test_where_nothing_is_to_be_called_wrong_there_is_no_such_button(paper: Paper):
    assert wrong(compose_paper(paper, "en")) == []


def test_the_reader_is_told_who_wrote_the_bullets():
    def footer(**fields: object) -> str:
        return compose_paper(Paper(id="1", title="T", **fields), "en").footer  # type: ignore[arg-type]

    imported = Summary(language="en", source=SummarySource.IMPORTED, bullets=("b",))
    model = Summary(language="en", source=SummarySource.MODEL, bullets=("b",), model="m-1")
    assert footer(summaries=(imported,)) == "Summary: from an imported archive"
    assert footer(summaries=(model,)) == "Summary: by the language model m-1"
    assert footer(hub_summary="It works.") == "Summary: by Hugging Face's model"
    assert footer(abstract="It works.") == "Sentences of the abstract, chosen by this bot"
    assert footer() == "No summary yet: nothing but the title is known."


def test_pictures_come_from_known_https_hosts_only():
    def shown(*urls: str) -> str | None:
        return picture(Paper(id="1", title="T", thumbnail=urls[0], media=urls[1:]))

    good = "https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/1.png"
    assert shown(good) == good
    assert shown("http://cdn-thumbnails.huggingface.co/1.png") is None
    assert shown("https://evil.example/1.png") is None
    assert shown("https://evil.example\\@huggingface.co/1.png") is None
    assert shown("https://evil.example@huggingface.co/1.png") is None
    assert shown("https://cdn-uploads.huggingface.co/a.mp4", good) == good
    assert shown("https://cdn-uploads.huggingface.co/a.qt") == good  # the poster


def test_days_are_named_as_commands_take_them():
    assert day_name(dt.date(2024, 3, 28), "en") == "2024-03-28 (Thu)"


UPLOADS = "https://cdn-uploads.huggingface.co/production/uploads/a"


def labels(message):
    return {button.label: button.url for button in message.buttons if button.url}


@pytest.mark.parametrize("ending", ["mp4", "qt", "webm", "MOV"])
def test_a_film_is_a_button_and_its_poster_the_picture(ending):
    paper = replace(FIRST, origin=Origin.HUB, thumbnail=None, media=(f"{UPLOADS}/film.{ending}",))
    message = compose_paper(paper, "en")
    assert message.picture == f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{FIRST.id}.png"
    assert labels(message)["Video"] == f"{UPLOADS}/film.{ending}"
    # A picture that was uploaded beside it is shown before the Hub's own.
    beside = replace(paper, media=(*paper.media, f"{UPLOADS}/shot.png"))
    assert compose_paper(beside, "en").picture == f"{UPLOADS}/shot.png"


def test_a_moving_picture_is_a_button_and_no_picture():
    message = compose_paper(replace(FIRST, thumbnail=None, media=(f"{UPLOADS}/x.gif",)), "en")
    assert (message.picture, labels(message)["GIF"]) == (None, f"{UPLOADS}/x.gif")


@pytest.mark.parametrize(
    "url", ["/relative.mp4", "http://cdn-uploads.huggingface.co/x.mp4", "https://evil.org/x.mp4", "https://[dead/x.mp4", ""]
)
def test_media_of_unknown_hosts_and_broken_addresses_are_left_out(url):
    message = compose_paper(replace(FIRST, thumbnail=url, media=(url,)), "en")
    assert message.picture is None
    assert not {"Video", "GIF"} & labels(message).keys()


def test_what_the_hub_knows_of_a_paper_is_shown():
    paper = replace(
        FIRST, origin=Origin.HUB, comments=3, github_repo="https://github.com/a/b", github_stars=120, organization="Lab",
        project_page="https://a.github.io", keywords=tuple(f"keyword {number}" for number in range(9)),
    )  # fmt: skip
    message = compose_paper(paper, "en")
    assert message.facts == "👍 26 · 💬 3 · ⭐ 120 · 🏛 Lab"
    assert message.paragraphs == ("🏷 keyword 0 · keyword 1 · keyword 2 · keyword 3 · keyword 4",)
    assert list(labels(message)) == ["arXiv", "PDF", "Hugging Face", "Code", "Project"]


def test_a_late_paper_is_marked_in_its_message_in_the_list_and_in_the_heading():
    assert compose_paper(FIRST, "en", late="2024-03-27").facts == "late, from 2024-03-27 · 👍 26"
    late = [(DAY - dt.timedelta(days=1), PAPERS[9])]
    heading, first, *_ = items(PAPERS[:9], Choice(), late=late)
    assert first["late"] == {PAPERS[9].id: "2024-03-27"}
    told = compose_item(heading, DAY, {}, Choice(language="en"))
    assert told.paragraphs == ("9 papers", "On top, 1 paper that came late to the list of 2024-03-27.")
    (listed,) = items(PAPERS[:9], Choice(shape=Shape.COMPACT), late=late)
    entries = compose_item(listed, DAY, {paper.id: paper for paper in PAPERS}, Choice(language="en")).entries
    assert entries[0].facts.startswith("late, from 2024-03-27 · 👍")
    assert not any("late" in entry.facts for entry in entries[1:])
