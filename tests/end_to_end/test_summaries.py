"""The installed program with a language model on loopback that misbehaves: digests are complete, and doubt is shown."""

import json
from pathlib import Path

from bot.sample import sample_day
from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import AFTER_NINE, BEFORE_NINE, EVENING, PAPERS, Said, Story
from tests.end_to_end.test_telegram import story
from tests.fakes.hub import Hub
from tests.fakes.language_model import FOREIGN, LanguageModel
from tests.fakes.telegram.server import FakeTelegram

# An hour before Seoul's nine: what was made ahead by then is in the digest.
AHEAD = "2024-03-28T22:00:00Z"
TITLES = {paper.id: paper.title for paper in sample_day()[1]}
BY_MODEL, BY_ABSTRACT, DOUBT = "언어 모델 test-model", "초록", "⚠ 검증되지 않음"
BEING_WRITTEN = "요약을 작성하고 있습니다"
# Nothing of this stands in any abstract.
INVENTED = (*FOREIGN, "87.65%")


async def subscribed(one: Story) -> None:
    async with running(one.folder, one.at(EVENING)) as bot:
        await bot.wait_for_log("list fetched")
        await one.asks("/subscribe 09:00 Asia/Seoul")


async def made_ahead(one: Story, model: LanguageModel, **more: str) -> str:
    """Run for long enough to have the summaries written; gives the log."""
    settings = one.at(AHEAD, **model.settings(LLM_TIMEOUT="1", **more))
    async with running(one.folder, settings) as bot:
        await bot.wait_for_log("summaries made ahead", 40)
        assert await bot.terminate() == 0
        return bot.logged()


async def digest(one: Story, **settings: str) -> dict[str, Said]:
    """The whole digest of the day, by paper; fails when a paper is missing or comes twice."""
    async with running(one.folder, one.at(BEFORE_NINE, **settings)) as bot:
        await bot.wait_for_log("delivery ended", 30)
        everything = await one.talk.said(one.heard + 11)
    # What an admin is told of the budget may come at any moment, in between too.
    said = [message for message in everything[one.heard :] if "예산" not in message.text]
    one.heard = len(everything)
    assert [message.paper for message in said] == [None, *PAPERS]
    for message in said:
        if any(text in message.text for text in INVENTED):
            assert DOUBT in message.text, message.text
    return {message.paper: message for message in said if message.paper}


async def test_whatever_the_model_does_the_digest_is_whole_and_says_nothing_invented(tmp_path: Path):
    manners = ("fences", "wrong types", "latex", "another paper", "invented numbers", "empty", "refused", "truncated")
    always = dict(zip(PAPERS, manners, strict=False))
    async with Hub() as hub, FakeTelegram() as fake, LanguageModel() as model:
        model.by_title = {TITLES[paper]: manner for paper, manner in always.items()}
        model.once_by_title = {TITLES[PAPERS[8]]: "429", TITLES[PAPERS[9]]: "hang"}
        minji = fake.person(7)
        one = story(tmp_path, hub, fake, minji, minji)
        async with running(one.folder, one.at(EVENING, **model.settings())) as bot:
            await bot.wait_for_log("list fetched")
            # A paper that somebody asks for: at once with what there is, and with the model's words the next time.
            (first,) = await one.asks("/paper 2403.27001")
            assert (BEING_WRITTEN in first.text, BY_ABSTRACT in first.text) == (True, True)
            await bot.wait_for_log("a summary that was asked for")
            (second,) = await one.asks("/paper 2403.27001")
            assert (BEING_WRITTEN in second.text, BY_MODEL in second.text) == (False, True)
            await one.asks("/subscribe 09:00 Asia/Seoul")
        log = await made_ahead(one, model)
        assert model.key not in log
        papers = await digest(one, **model.settings())
        by_model = {paper for paper, message in papers.items() if BY_MODEL in message.text}
        assert by_model == {
            paper for paper in PAPERS if always.get(paper, "429") in {"fences", "wrong types", "latex", "429"}
        }
        assert all(BY_ABSTRACT in papers[paper].text for paper in papers.keys() - by_model)
        # Made once: whoever reads it later costs nothing.
        asked = len(model.asked)
        async with running(tmp_path, one.at(AFTER_NINE, **model.settings())) as bot:
            await bot.wait_for_log("listening")
            (again,) = await one.asks(f"/paper {PAPERS[0]}")
        assert BY_MODEL in again.text
        assert len(model.asked) == asked


async def test_a_model_that_is_not_there_or_too_dear_holds_nothing_up(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake, LanguageModel() as model:
        minji = fake.person(7)
        one = story(tmp_path, hub, fake, minji, minji)
        one.settings = {**one.settings, "ADMIN_CHATS": "telegram:7"}
        await subscribed(one)
        log = await made_ahead(one, model, LLM_API_KEY="sk-wrong")
        assert "Check LLM_API_KEY" in log
        assert "sk-wrong" not in log
        dear = {"LLM_PRICES": "test-model=1000/1000", "LLM_DAILY_BUDGET": "0.5"}
        assert "the day's budget for language models is spent" in await made_ahead(one, model, **dear)
        settings = one.at(AHEAD, **model.settings(**dear))
        async with running(tmp_path, settings) as bot:
            # Here, or by a process before it, when that lived long enough to look: the first one may tell of its key too.
            said = await one.talk.said(one.heard + 1)
            while not any("2024-03-28 언어 모델 예산을 다 썼습니다." in alarm.text for alarm in said[one.heard :]):
                said = await one.talk.said(len(said) + 1)
            await bot.terminate()
            one.heard = len(await one.talk.said(len(said)))
        papers = await digest(one, **model.settings(**dear))
        assert all(BY_ABSTRACT in message.text for message in papers.values())


async def test_an_imported_summary_of_another_paper_is_marked_and_replaced_when_the_operator_says_so(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake, LanguageModel() as model:
        minji = fake.person(7)
        one = story(tmp_path, hub, fake, minji, minji)
        lines = [
            {"id": paper, "date": "2024-03-28", "title": TITLES[paper], "authors": [], "abstract": "", "upvotes": 1}
            | {"summaries": {"ko": FOREIGN}}
            for paper in PAPERS[:2]
        ]
        (tmp_path / "archive.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        assert (await run_command(tmp_path, one.at(EVENING), "import", "archive.jsonl"))[0] == 0
        # The abstracts come from the Hub; from then on the check can say what is wrong.
        await subscribed(one)
        papers = await digest(one)
        marked = {paper for paper, message in papers.items() if DOUBT in message.text}
        assert marked == set(PAPERS[:2])
        await made_ahead(one, model, SHOW_UNVERIFIED="replace")
        async with running(tmp_path, one.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("listening")
            (replaced,) = await one.asks(f"/paper {PAPERS[0]}")
        assert BY_MODEL in replaced.text
        assert FOREIGN[0] not in replaced.text


async def test_the_operators_commands(tmp_path: Path):
    async with Hub() as hub, LanguageModel() as model:
        urls = {"HF_API_URL": hub.url, "ARXIV_API_URL": hub.url, "CLOCK": EVENING}
        prices = {"LLM_PRICES": "test-model=0.25/2.00"}
        settings = urls | model.settings(**prices)
        status, _, errors = await run_command(tmp_path, urls, "summarize")
        assert (status, "LLM_API_URL" in errors) == (2, True)
        await run_command(tmp_path, settings, "fetch", "--date", "2024-03-28")
        model.by_title = {TITLES[PAPERS[0]]: "refused"}
        status, said, errors = await run_command(tmp_path, settings, "summarize", "--date", "2024-03-28", "--lang", "ko")
        assert status == 4, errors
        assert f"{PAPERS[0]}: unusable" in said
        assert "9 summaries written in ko" in said
        status, said, _ = await run_command(tmp_path, settings, "summarize", "--paper", PAPERS[1], "--lang", "en")
        assert (status, "1 summaries written in en" in said) == (0, True)
        status, said, _ = await run_command(tmp_path, settings, "usage", "--json")
        (day,) = map(json.loads, said.splitlines())
        assert (day["day"], day["model"], day["calls"], day["failures"]) == ("2024-03-28", "test-model", 11, 1)
        assert 0 < day["money"] < 0.1
        status, said, _ = await run_command(tmp_path, settings, "usage")
        assert (status, said.splitlines()[-1].split()[:3]) == (0, ["all", "11", "1"])
        # What the model wrote passes the check of the command, too.
        status, said, _ = await run_command(tmp_path, settings, "check", "--date", "2024-03-28", "--json")
        verdicts = [json.loads(line) for line in said.splitlines()]
        assert (status, len(verdicts), {one["faithful"] for one in verdicts}) == (0, 10, {True})
