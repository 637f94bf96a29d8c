"""The story on Discord: the installed program against an API and a gateway on loopback."""

import asyncio
import re
import shlex
import time
from pathlib import Path

from tests.end_to_end.process import running
from tests.end_to_end.story import BEFORE_NINE, EVENING, PAPERS, Said, Story
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.world import FakeChannel, FakeInteraction, FakeMessage, FakeUser
from tests.fakes.hub import Hub

# What a form asks for, in the order in which people write it on one line.
_OPTIONS = {"day": ("date",), "paper": ("id",), "search": ("words",), "trends": ("words",), "subscribe": ("time", "zone")}
_LINK = re.compile(r"\((https://[^)\s]+)\)")


class DiscordTalk:
    """In direct messages people write; in servers they use slash commands, and some answers only they see."""

    def __init__(self, fake: FakeDiscord, channel: FakeChannel, user: FakeUser, *, admin: bool = True) -> None:
        self.fake, self.channel, self.user, self.admin = fake, channel, user, admin
        self.asked: list[FakeInteraction] = []

    async def says(self, text: str) -> None:
        if self.channel.guild is None:
            await self.fake.says(self.channel, self.user, text)
            return
        name, *words = shlex.split(text.removeprefix("/"))
        names = _OPTIONS.get(name, ())
        if len(names) == 1:
            words = [" ".join(words)] if words else []
        options = dict(zip(names, words, strict=False))
        one = await self.fake.slash(self.channel, self.user, name, options, admin=self.admin, locale="ko")
        self.asked.append(one)

    async def said(self, count: int, seconds: float = 20) -> list[Said]:
        end = time.monotonic() + seconds
        while len(found := self._all()) < count:
            if time.monotonic() > end:
                raise AssertionError(f"{len(found)} of {count} messages came: {[message.text for message in found]}")
            await asyncio.sleep(0.05)
        return [_said(message) for message in found]

    def _all(self) -> list[FakeMessage]:
        """All that this person sees here: the channel's messages, and the answers that only they were shown."""
        private = [message for one in self.asked for message in one.messages if message.ephemeral]
        return sorted([*self.channel.messages, *private], key=lambda message: message.at)


def _said(message: FakeMessage) -> Said:
    titles = [embed["url"] for embed in message.embeds if "url" in embed]
    return Said(message.text, (*titles, *_LINK.findall(message.text)), message.silent)


def story(folder: Path, hub: Hub, fake: FakeDiscord, channel: FakeChannel, user: FakeUser) -> Story:
    return Story(folder, hub, fake.environment(), DiscordTalk(fake, channel, user))


async def test_a_person_in_direct_messages(tmp_path: Path):
    async with Hub() as hub, FakeDiscord() as fake:
        ada = fake.user()
        one = story(tmp_path, hub, fake, fake.dm(ada), ada)
        await one.asks_for_everything(private=True)
        await one.gets_the_digest()
        await one.unsubscribes()


async def test_a_server_with_its_admin(tmp_path: Path):
    async with Hub() as hub, FakeDiscord() as fake:
        ada = fake.user()
        one = story(tmp_path, hub, fake, fake.channel(), ada)
        await one.asks_for_everything(private=False)
        await one.gets_the_digest()


async def test_a_power_cut_repeats_nothing_where_discord_knows_the_nonce(tmp_path: Path):
    async with Hub() as hub, FakeDiscord() as fake:
        ada = fake.user()
        one = story(tmp_path, hub, fake, fake.channel(), ada)
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            await one.asks("/subscribe 09:00 Asia/Seoul")
        before = one.heard
        await one.survives_a_power_cut(DISCORD_RATE="4")
        assert one.heard - before == 11


async def test_a_wrong_token_is_one_sentence(tmp_path: Path):
    async with FakeDiscord() as fake:
        settings = fake.environment() | {"DISCORD_BOT_TOKEN": "wrong", "CLOCK": EVENING}
        async with running(tmp_path, settings) as bot:
            assert await bot.process.wait() == 5
        assert "Error: " in bot.logged()
        assert "DISCORD_BOT_TOKEN" in bot.logged()
        assert "Traceback" not in bot.logged()


async def test_a_forum_gets_a_post_a_day(tmp_path: Path):
    async with Hub() as hub, FakeDiscord() as fake:
        ada = fake.user()
        forum = fake.forum()
        asked = fake.thread(forum, "hello bot")
        one = story(tmp_path, hub, fake, asked, ada)
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            await one.asks("/subscribe 09:00 Seoul")
        async with running(tmp_path, one.at(BEFORE_NINE)) as bot:
            await bot.wait_for_log("delivery ended", 30)
        (post,) = [thread for thread in forum.posts if thread is not asked]
        assert "2024-03-28" in post.name
        assert [_said(message).paper for message in post.messages] == [None, *PAPERS]
