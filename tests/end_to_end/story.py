"""What a reader goes through, told once for every platform: asks, subscribes, gets the digest, survives a power cut."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bot.sample import sample_day
from tests.end_to_end.process import running
from tests.fakes.hub import Hub

# Half a minute before Seoul's 09:00, when 2024-03-28 is settled, and long before it.
EVENING = "2024-03-28T20:00:00Z"
BEFORE_NINE = "2024-03-28T23:59:57Z"
AFTER_NINE = "2024-03-29T00:01:00Z"

PAPERS = [paper.id for paper in sample_day()[1]]


@dataclass(frozen=True)
class Said:
    """A message as a reader sees it: its words, and where its links lead."""

    text: str
    links: tuple[str, ...] = ()
    silent: bool = False

    @property
    def paper(self) -> str | None:
        """The id of the paper that the message is about: its first arXiv link."""
        return next((link.rsplit("/", 1)[1] for link in self.links if link.startswith("https://arxiv.org/abs/")), None)


class Talk(Protocol):
    """A chat with the bot, seen from the person's side."""

    async def says(self, text: str) -> None: ...

    async def said(self, count: int, seconds: float = 20) -> list[Said]:
        """Everything that the bot said in this chat, once there are `count` messages."""


@dataclass
class Story:
    """One reader, one hub, one folder; `settings` say how the platform is reached."""

    folder: Path
    hub: Hub
    settings: Mapping[str, str]
    talk: Talk
    heard: int = 0
    fast: Mapping[str, str] = field(default_factory=lambda: {"TELEGRAM_CHAT_RATE": "50", "TELEGRAM_GROUP_RATE": "6000"})

    def at(self, clock: str, **more: str) -> dict[str, str]:
        urls = {"HF_API_URL": self.hub.url, "ARXIV_API_URL": self.hub.url}
        return {**urls, **self.settings, **self.fast, "CLOCK": clock, **more}

    async def asks(self, text: str, count: int = 1) -> list[Said]:
        """Say `text`; gives the `count` messages that answer it."""
        await self.talk.says(text)
        said = await self.talk.said(self.heard + count)
        answer = said[self.heard :]
        assert len(answer) == count, answer
        self.heard += count
        return answer

    async def asks_for_everything(self, *, private: bool) -> None:
        """/today, /paper, /day, /search and /subscribe, while the bot runs in the evening before the digest."""
        async with running(self.folder, self.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            today = await self.asks("/today", 11 if private else 1)
            assert "2024-03-28" in today[0].text
            if private:
                assert [message.paper for message in today] == [None, *PAPERS]
            else:
                assert [link.rsplit("/", 1)[1] for link in today[0].links if "/abs/" in link] == PAPERS
            (paper,) = await self.asks("/paper 2403.18361")
            assert "ViTAR: Vision Transformer with Any Resolution" in paper.text
            assert paper.paper == "2403.18361"
            assert "Qihang Fan" in paper.text
            (paper,) = await self.asks("/paper https://huggingface.co/papers/2403.18802v1")
            assert paper.paper == "2403.18802"
            day = await self.asks("/day 2024-03-26", 8 if private else 1)
            assert "2024-03-26" in day[0].text
            (found,) = await self.asks("/search any resolution")
            assert "https://arxiv.org/abs/2403.18361" in found.links
            (missing,) = await self.asks("/paper 2403.99999")
            assert "2403.99999" in missing.text
            assert missing.paper is None
            (order,) = await self.asks("/subscribe 09:00 Asia/Seoul")
            assert "2024-03-28" in order.text
            assert "09:00" in order.text
            assert await bot.terminate() == 0

    async def gets_the_digest(self, seconds: float = 30) -> None:
        """At nine the whole day comes once, the heading first, and nothing more after it."""
        async with running(self.folder, self.at(BEFORE_NINE)) as bot:
            said = (await self.talk.said(self.heard + 11, seconds))[self.heard :]
            self.heard += 11
            assert [message.paper for message in said] == [None, *PAPERS]
            assert "2024-03-28" in said[0].text
            assert [message.silent for message in said] == [False] + [True] * 10
            await bot.wait_for_log("delivery ended")
            assert await bot.terminate() == 0
        async with running(self.folder, self.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("listening")
            (again,) = await self.asks("/paper 2403.18361")
            assert again.paper == "2403.18361"

    async def survives_a_power_cut(self, **slow: str) -> None:
        """Killed in the middle of a digest, started again: every paper came, in order; only what was in flight twice."""
        async with running(self.folder, self.at(BEFORE_NINE, **slow)) as bot:
            await self.talk.said(self.heard + 4, 30)
            await bot.kill()
        before = await self.talk.said(self.heard + 4)
        assert len(before) - self.heard < 11, "the digest was over before it could be cut"
        async with running(self.folder, self.at(AFTER_NINE)) as bot:
            await bot.wait_for_log("delivery ended", 30)
            said = (await self.talk.said(self.heard + 11))[self.heard :]
        papers = [message.paper for message in said]
        repeated = [index for index in range(1, len(papers)) if papers[index] == papers[index - 1]]
        assert len(repeated) <= 1
        assert [paper for index, paper in enumerate(papers) if index not in repeated] == [None, *PAPERS]
        self.heard += len(said)

    async def unsubscribes(self) -> None:
        """After /unsubscribe nothing comes at nine."""
        async with running(self.folder, self.at(EVENING)) as bot:
            await bot.wait_for_log("listening")
            await self.asks("/unsubscribe")
            assert await bot.terminate() == 0
        async with running(self.folder, self.at(BEFORE_NINE)) as bot:
            await bot.wait_for_log("listening")
            await bot.wait_for_log("list fetched")
            (answer,) = await self.asks("/help")
            assert "/subscribe" in answer.text
        assert len(await self.talk.said(self.heard)) == self.heard
