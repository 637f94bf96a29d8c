"""A reader presses "this summary is wrong", on each platform: thanked, marked, the operator told once, the model asked again."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.sample import sample_day
from tests.end_to_end.process import Running, run_command, running
from tests.end_to_end.story import AFTER_NINE, BEFORE_NINE, EVENING, PAPERS, Story
from tests.end_to_end.test_discord import DiscordTalk
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.world import FakeMessage, FakeUser
from tests.fakes.hub import Hub
from tests.fakes.language_model import FOREIGN, LanguageModel
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person, Room, SentMessage

PAPER = PAPERS[0]
TITLE = sample_day()[1][0].title
LABEL = "⚠ 요약 오류 신고"
THANKS = "알려 주셔서 감사합니다. 이 요약을 확인이 필요한 것으로 표시하고 운영자에게도 알립니다."
TOLD_BEFORE = "이미 알려 주셨습니다. 감사합니다."
TOLD, ASKED, DONE = (
    "이 요약이 틀렸다는 독자의 신고가 들어왔습니다",
    "언어 모델에 새 요약을 요청합니다",
    "잘못된 요약이라는 독자의 신고",
)
BY_MODEL = "언어 모델 test-model"


@dataclass
class House:
    """A Telegram with an operator and a reader, a Discord with a reader, and one bot whose archive is wrong about a paper."""

    folder: Path
    hub: Hub
    telegram: FakeTelegram
    discord: FakeDiscord
    more: dict[str, str]

    def __post_init__(self) -> None:
        self.operator = self.telegram.person(99, "ko", "Operator")
        self.minji = self.telegram.person(7, "ko", "Minji")
        self.ada = self.discord.user("ada")
        self.channel = self.discord.channel()
        settings = {
            "TELEGRAM_BOT_TOKEN": self.telegram.token, "TELEGRAM_API_URL": self.telegram.url,
            **self.discord.environment(), "ADMIN_CHATS": "telegram:99", **self.more,
        }  # fmt: skip
        self.one = Story(self.folder, self.hub, settings, TelegramTalk(self.telegram, self.minji, self.minji))
        self.other = replace(self.one, talk=DiscordTalk(self.discord, self.channel, self.ada))

    async def imports_a_wrong_summary(self) -> None:
        line = {"id": PAPER, "date": "2024-03-28", "title": TITLE, "authors": [], "abstract": "", "upvotes": 1}
        line["summaries"] = {"ko": FOREIGN}
        (self.folder / "archive.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
        status, output, errors = await run_command(self.folder, self.one.at(EVENING), "import", "archive.jsonl")
        assert status == 0, output + errors

    @contextlib.asynccontextmanager
    async def running(self, clock: str = EVENING) -> AsyncIterator[Running]:
        async with running(self.folder, self.one.at(clock)) as bot:
            await bot.wait_for_log("list fetched")
            yield bot

    async def asked_on_telegram(self) -> SentMessage:
        await self.one.asks(f"/paper {PAPER}")
        return self.telegram.in_chat(self.minji)[-1]

    async def asked_on_discord(self) -> FakeMessage:
        await self.other.asks(f"/paper {PAPER}")
        return self.channel.messages[-1]

    async def press_on_telegram(self, message: SentMessage, chat: Person | Room | None = None) -> str:
        query = await self.telegram.presses(chat or self.minji, self.minji, message, LABEL)
        return await self.telegram.answer_to(query, 10)

    async def press_on_discord(self, message: FakeMessage, user: FakeUser | None = None) -> str:
        press = await self.discord.presses(message, user or self.ada, LABEL, locale="ko")
        (notice,) = await press.answered()
        assert notice.ephemeral
        return notice.text

    async def told(self, count: int = 1) -> list[SentMessage]:
        """What the operator was told."""
        return await self.telegram.wait_for(self.operator, count, seconds=15)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        house = House(tmp_path, hub, telegram, discord, {})
        await house.imports_a_wrong_summary()
        yield house


async def test_on_telegram_the_presser_is_thanked_the_operator_told_and_the_summary_marked(house: House):
    async with house.running():
        message = await house.asked_on_telegram()
        assert FOREIGN[0] in message.text
        assert await house.press_on_telegram(message) == THANKS
        (told,) = await house.told()
        assert TOLD in told.text
        assert "Telegram의 개인 대화" in told.text
        assert (TITLE in told.text, FOREIGN[0] in told.text) == (True, True)
        assert told.links == [f"https://arxiv.org/abs/{PAPER}"]
        assert "Minji" not in told.text
        after = await house.asked_on_telegram()
        assert DONE in after.text
        assert LABEL not in after.buttons
        assert await house.press_on_telegram(message) == TOLD_BEFORE
    assert len(house.telegram.in_chat(house.operator)) == 1


async def test_on_discord_only_the_presser_reads_the_thanks(house: House):
    async with house.running():
        message = await house.asked_on_discord()
        before = len(house.channel.messages)
        assert await house.press_on_discord(message) == THANKS
        (told,) = await house.told()
        assert f"Discord의 #{house.channel.name}" in told.text
        assert await house.press_on_discord(message) == TOLD_BEFORE
        assert await house.press_on_discord(message, house.discord.user("bo")) == THANKS
        assert len(house.channel.messages) == before
    assert len(house.telegram.in_chat(house.operator)) == 1


async def test_the_button_of_a_delivered_paper_works_after_a_restart_and_reports_of_two_platforms_are_one(house: House):
    async with house.running():
        await house.one.asks("/subscribe 09:00 Asia/Seoul")
        on_discord = await house.asked_on_discord()
    async with house.running(BEFORE_NINE) as bot:
        await house.one.talk.said(house.one.heard + 11, 30)
        await bot.wait_for_log("delivery ended")
        await bot.kill()
    (delivered,) = [one for one in house.telegram.in_chat(house.minji) if LABEL in one.buttons]
    assert delivered.buttons[LABEL].startswith(f"w:{PAPER}:ko:")
    async with house.running(AFTER_NINE):
        assert await house.press_on_telegram(delivered) == THANKS
        await house.told()
        assert await house.press_on_discord(on_discord) == THANKS
        await asyncio.sleep(0.3)
    assert len(house.telegram.in_chat(house.operator)) == 1


async def test_what_was_pressed_while_the_bot_was_away_is_taken_when_it_is_back(house: House):
    async with house.running():
        message = await house.asked_on_telegram()
    house.telegram.methods.presses.life = 0.0  # too old to be answered by then
    await house.telegram.presses(house.minji, house.minji, message, LABEL)
    async with house.running(AFTER_NINE):
        await house.telegram.wait_for(house.minji, where=lambda one: one.text == THANKS, seconds=15)
        await house.told()


async def test_the_model_writes_another_which_is_shown_from_then_on(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord, LanguageModel() as model:
        house = House(tmp_path, hub, telegram, discord, model.settings())
        await house.imports_a_wrong_summary()
        async with house.running() as bot:
            message = await house.asked_on_telegram()
            assert await house.press_on_telegram(message) == THANKS
            (told,) = await house.told()
            assert ASKED in told.text
            await bot.wait_for_log("a language model was asked again")
            after = await house.asked_on_telegram()
            assert BY_MODEL in after.text
            assert FOREIGN[0] not in after.text
            # An old button speaks of the old summary.
            assert after.buttons[LABEL] != message.buttons[LABEL]
            assert await house.press_on_telegram(message) == TOLD_BEFORE
            assert [one.title for one in model.asked] == [TITLE]


async def test_in_the_terminal_the_number_of_the_button_is_typed(tmp_path: Path):
    async with Hub() as hub:
        line = {"id": PAPER, "date": "2024-03-28", "title": TITLE, "authors": [], "abstract": "", "upvotes": 1}
        line["summaries"] = {"ko": FOREIGN}
        (tmp_path / "archive.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
        settings = {"HF_API_URL": hub.url, "ARXIV_API_URL": hub.url, "CLOCK": EVENING}
        await run_command(tmp_path, settings, "import", "archive.jsonl")
        typed = f"/paper {PAPER}\n/!4\n/paper {PAPER}\n"
        status, output, errors = await run_command(tmp_path, settings, "chat", typed=typed)
    assert status == 0, errors
    assert f"{LABEL}: /!4" in output
    assert "알려 주셔서 감사합니다. 이 요약을 확인이 필요한 것으로 표시했습니다." in output
    assert DONE in output.split("알려 주셔서")[1]
