"""Lists and papers by their buttons, on both platforms and over a restart: turned, opened, read whole, compared, found."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import EVENING, PAPERS, Story
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.world import FakeMessage, FakeUser
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person, Room, SentMessage

BIG = "/day@DailyPapersBot 2024-03-27"
BESIDE = '"day": "2024-03-26"'
DAYS = ["« 2024-03-26", "2024-03-28 »"]
FOREIGN = "이 버튼은 물어본 분만 쓸 수 있습니다."


@dataclass
class OnTelegram:
    """One person's thumb in one chat. A message that is edited keeps its number."""

    fake: FakeTelegram
    chat: Person | Room
    person: Person

    async def asks(self, text: str) -> SentMessage:
        before = len(self.fake.in_chat(self.chat))
        await self.fake.says(self.chat, self.person, text)
        return (await self.fake.wait_for(self.chat, before + 1, seconds=20))[before]

    async def presses(self, message: SentMessage, button: str) -> str:
        """What the presser is told."""
        return await self.fake.answer_to(await self.fake.presses(self.chat, self.person, message, button), 20)

    async def turns(self, message: SentMessage, button: str) -> SentMessage:
        """The message, once another stands in its place."""
        await self.presses(message, button)
        return self.now(message)

    async def opens(self, message: SentMessage, button: str) -> SentMessage:
        """The message that the press brings."""
        before = len(self.fake.in_chat(self.chat))
        await self.presses(message, button)
        return (await self.fake.wait_for(self.chat, before + 1, seconds=20))[before]

    def now(self, message: SentMessage) -> SentMessage:
        (found,) = [one for one in self.fake.in_chat(self.chat) if one.message_id == message.message_id]
        return found


@asynccontextmanager
async def house(folder: Path) -> AsyncIterator[tuple[FakeTelegram, FakeDiscord, Story]]:
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        minji = telegram.person(7)
        settings = {"TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, **discord.environment()}
        yield telegram, discord, Story(folder, hub, settings, TelegramTalk(telegram, minji, minji))


async def test_on_telegram_lists_are_turned_and_papers_opened_by_buttons(tmp_path: Path):
    async with house(tmp_path) as (telegram, _, story):
        minji, jun, boss = telegram.person(7), telegram.person(8, name="Jun"), telegram.person(9, name="Boss")
        lab = telegram.supergroup("Lab", admins=(boss,))
        hers = OnTelegram(telegram, minji, minji)
        there = OnTelegram(telegram, lab, minji)
        async with running(tmp_path, story.at(EVENING)) as bot:
            await bot.wait_for_log(BESIDE)
            # --- A list in pages, edited in place; each number opens a paper.
            listed = await there.asks(BIG)
            assert [row[0]["text"] for row in listed.keyboard] == ["1", "6", "1/13", "« 2024-03-26"]
            assert len(listed.links) == 10
            second = await there.turns(listed, "›")
            assert second.text != listed.text
            assert [row[0]["text"] for row in second.keyboard] == ["11", "16", "‹", "« 2024-03-26"]
            # --- Only who asked, or an admin.
            assert FOREIGN in await replace(there, person=jun).presses(second, "›")
            assert there.now(second) == second
            third = await replace(there, person=boss).turns(second, "›")
            assert "21. " in third.text
            # --- Whoever opens a paper in a group disturbs nobody.
            opened = await replace(there, person=jun).opens(third, "21")
            assert opened.silent
            assert opened.links == [third.links[0]]
            assert await bot.terminate() == 0

        async with running(tmp_path, story.at(EVENING)) as bot:
            await bot.wait_for_log("listening")
            # --- The same buttons after a restart.
            assert "31. " in (await there.turns(third, "›")).text
            assert "2024-03-26 (화)" in (await there.turns(third, "« 2024-03-26")).text
            # --- Alone with the bot: the abstract in place and back, what is similar, another by chance.
            found = await hers.asks("/search any resolution")
            paper = await hers.opens(found, "1")
            assert paper.links == [f"https://arxiv.org/abs/{PAPERS[0]}"]
            whole = await hers.turns(paper, "초록 전문")
            assert whole.text != paper.text
            assert (await hers.turns(whole, "요약")).text == paper.text
            near = await hers.opens(hers.now(paper), "비슷한 논문")
            assert near.text.startswith("비슷한 논문: ViTAR")
            assert "공통: " in near.text
            assert f"https://arxiv.org/abs/{PAPERS[0]}" not in near.links
            chance = await hers.asks("/random")
            assert (await hers.turns(chance, "🎲 다른 논문")).links != chance.links
            # --- Who wrote it, and what is on the rise.
            wrote = await hers.asks("/author fan qihang")
            assert wrote.text.startswith("Qihang Fan의 논문")
            assert wrote.links == [f"https://arxiv.org/abs/{PAPERS[0]}"]
            mistyped = await hers.asks("/author Qihang Fann")
            assert (await hers.turns(mistyped, "Qihang Fan")).text == wrote.text
            best = await hers.asks("/top 2024-03")
            assert "11. " in (await hers.turns(best, "›")).text
            assert await hers.asks("/trending")
            assert await bot.terminate() == 0


async def test_on_discord_lists_are_turned_and_papers_opened_by_buttons(tmp_path: Path):
    async with house(tmp_path) as (_, discord, story):
        ada, bo, channel = discord.user("ada"), discord.user("bo"), discord.channel()

        async def asks(command: str, options: dict[str, str]) -> FakeMessage:
            (message,) = await (await discord.slash(channel, ada, command, options, locale="ko")).answered()
            return message

        async def turns(message: FakeMessage, button: str, user: FakeUser = ada, *, admin: bool = False) -> FakeMessage:
            return await (await discord.presses(message, user, button, admin=admin, locale="ko")).edited()

        async def opens(message: FakeMessage, button: str, user: FakeUser = ada) -> FakeMessage:
            (opened,) = await (await discord.presses(message, user, button, locale="ko")).answered()
            assert opened.ephemeral
            return opened

        async with running(tmp_path, story.at(EVENING)) as bot:
            await bot.wait_for_log(BESIDE)
            listed = await asks("day", {"date": "2024-03-27"})
            assert not listed.ephemeral
            assert [label for label, _ in listed.buttons] == [*map(str, range(1, 11)), "1/13", "›", *DAYS]
            second = await turns(listed, "›")
            assert (second.id, "11. " in second.text) == (listed.id, True)
            assert FOREIGN in (await opens(second, "›", bo)).text
            third = await turns(second, "›", bo, admin=True)
            assert "21. " in third.text
            assert await bot.terminate() == 0

        async with running(tmp_path, story.at(EVENING)) as bot:
            await bot.wait_for_log("listening")
            assert "31. " in (await turns(third, "›")).text
            assert "2024-03-26 (화)" in (await turns(third, DAYS[0])).text
            found = await asks("search", {"words": "any resolution"})
            paper = await opens(found, "1", bo)
            assert paper.title.startswith("ViTAR")
            whole = await opens(paper, "초록 전문", bo)
            assert whole.title.startswith("ViTAR")
            near = await opens(paper, "비슷한 논문", bo)
            assert near.title.startswith("비슷한 논문: ViTAR")
            before = list(channel.messages)
            wrote = await asks("author", {"author": "fan qihang"})
            assert PAPERS[0] in wrote.text
            chance = await asks("random", {})
            assert (await opens(chance, "🎲 다른 논문")).title != chance.title
            assert (await asks("trending", {})).text
            assert (await asks("similar", {"id": PAPERS[0]})).title == near.title
            assert channel.messages[: len(before)] == before
            assert await bot.terminate() == 0


async def test_in_the_terminal_numbers_and_arrows_are_typed(tmp_path: Path):
    async with Hub() as hub:
        settings = {"HF_API_URL": hub.url, "ARXIV_API_URL": hub.url, "CLOCK": EVENING, "DEFAULT_LANGUAGE": "en"}
        typed = "/top 2024-03\n>\n11\n/search any resolution\n1\n/similar 2403.18361\n/author Qihang Fan\n/quit\n"
        await run_command(tmp_path, settings, "fetch", "--since", "2024-03-27")
        status, output, errors = await run_command(tmp_path, settings, "chat", typed=typed)
    assert status == 0, errors
    assert "‹: < · 2/" in output
    assert "20. " in output
    assert "Abstract: /!" in output
    assert "Similar to: ViTAR" in output
    assert "Papers by Qihang Fan" in output
