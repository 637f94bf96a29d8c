"""The story on Telegram: the installed program against a Bot API on loopback."""

from pathlib import Path

from tests.end_to_end.process import running
from tests.end_to_end.story import EVENING, Said, Story
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.telegram.world import Person, Room


class TelegramTalk:
    def __init__(self, fake: FakeTelegram, chat: Person | Room, person: Person) -> None:
        self.fake, self.chat, self.person = fake, chat, person

    async def says(self, text: str) -> None:
        await self.fake.says(self.chat, self.person, text)

    async def said(self, count: int, seconds: float = 20) -> list[Said]:
        messages = await self.fake.wait_for(self.chat, count, seconds=seconds) if count else self.fake.in_chat(self.chat)
        return [Said(message.text, tuple(message.links), message.silent) for message in messages]


def story(folder: Path, hub: Hub, fake: FakeTelegram, chat: Person | Room, person: Person) -> Story:
    settings = {"TELEGRAM_BOT_TOKEN": fake.token, "TELEGRAM_API_URL": fake.url}
    return Story(folder, hub, settings, TelegramTalk(fake, chat, person))


async def test_a_person_asks_subscribes_reads_and_leaves(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        minji = fake.person(7)
        one = story(tmp_path, hub, fake, minji, minji)
        await one.asks_for_everything(private=True)
        await one.gets_the_digest()
        await one.unsubscribes()


async def test_a_group_with_its_admin(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        admin = fake.person(7)
        lab = fake.supergroup("Lab", admins=(admin,))
        one = story(tmp_path, hub, fake, lab, admin)
        await one.asks_for_everything(private=False)
        await one.gets_the_digest()


async def test_a_power_cut_in_the_middle_of_the_digest(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        minji = fake.person(7)
        one = story(tmp_path, hub, fake, minji, minji)
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            await one.asks("/subscribe 09:00 Asia/Seoul")
        await one.survives_a_power_cut(TELEGRAM_CHAT_RATE="4")


async def test_a_wrong_token_is_one_sentence(tmp_path: Path):
    async with FakeTelegram() as fake:
        settings = {"TELEGRAM_BOT_TOKEN": "1:wrong", "TELEGRAM_API_URL": fake.url, "CLOCK": EVENING}
        async with running(tmp_path, settings) as bot:
            assert await bot.process.wait() == 5
        assert "Error: " in bot.logged()
        assert "TELEGRAM_BOT_TOKEN" in bot.logged()
        assert "1:wrong" not in bot.logged()
        assert "Traceback" not in bot.logged()


async def test_two_processes_with_one_token_are_told_apart(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        one = story(tmp_path, hub, fake, fake.person(7), fake.person(7))
        other = tmp_path / "other"
        other.mkdir()
        async with running(tmp_path, one.at(EVENING)) as first:
            await first.wait_for_log("listening")
            async with running(other, one.at(EVENING)) as second:
                await fake.until(lambda: any(bot.process.returncode is not None for bot in (first, second)), 20)
                (ended,) = [bot for bot in (first, second) if bot.process.returncode is not None]
                assert ended.process.returncode == 5
                assert "two cannot listen with one TELEGRAM_BOT_TOKEN" in ended.logged()


async def test_bad_input_gets_one_clear_sentence(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as fake:
        minji = fake.person(7, "en")
        one = story(tmp_path, hub, fake, minji, minji)
        async with running(tmp_path, one.at(EVENING)) as bot:
            for text in ("/paper nonsense", "/day 2024-02-30", "/day 2030-01-01", "/subscribe 25:00", "/todya"):
                (answer,) = await one.asks(text)
                assert len(answer.text) > 20
                assert "Traceback" not in answer.text
        assert "Traceback" not in bot.logged()
