"""Pictures of a running bot, without the world's network: the card of a digest in chats and on the web, and /trends."""

import asyncio
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from bot.store.connection import open_store
from tests.end_to_end.process import running
from tests.end_to_end.story import BEFORE_NINE, EVENING, PAPERS, Story
from tests.end_to_end.test_discord import DiscordTalk
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.unit.commands.test_trends import put_months

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG"


async def test_pictures_in_chats_and_on_the_web(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        minji, jun, ada = telegram.person(7), telegram.person(8), discord.user()
        channel = discord.channel()
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            **discord.environment(),
            "CARDS": "true",
            "WEB_PORT": "0",
            "DEFAULT_LANGUAGE": "ko",
            # Thumbnails lead nowhere: the card is of letters then.
            "HTTPS_PROXY": "http://127.0.0.1:9",
        }
        with open_store(tmp_path / "daily-papers.db") as store:
            store.write_now(put_months)
        one = Story(tmp_path, hub, settings, TelegramTalk(telegram, minji, minji))
        two = Story(tmp_path, hub, settings, TelegramTalk(telegram, jun, jun))
        three = Story(tmp_path, hub, settings, DiscordTalk(discord, channel, ada))
        async with running(tmp_path, one.at(EVENING)) as bot:
            await bot.wait_for_log("list fetched")
            await asyncio.gather(*(story.asks("/subscribe 09:00 Seoul") for story in (one, two, three)))
            (told,) = await one.asks("/trends diffusion models, mamba")
            assert "mamba: " in told.text
            pictured = telegram.in_chat(minji)[-1].photo
            assert pictured is not None
            assert pictured.content.startswith(PNG)
            (told,) = await three.asks("/trends mamba")
            assert "mamba: " in told.text
            assert [content[:4] for content in channel.messages[-1].files.values()] == [PNG]
            port = re.search(r"http://127\.0\.0\.1:(\d+)", bot.logged())
            assert port is not None
            async with httpx.AsyncClient(base_url=port[0], trust_env=False) as browser:
                page = (await browser.get("/2024-03-28")).text
                (address,) = re.findall(r'property="og:image" content="([^"]+)"', page)
                card = await browser.get(urlsplit(address).path)
                assert card.headers["content-type"] == "image/jpeg"
                assert card.content.startswith(JPEG)
                plot = await browser.get("/trends.svg", params={"q": "mamba"})
                ET.fromstring(plot.content)
            assert await bot.terminate() == 0
        async with running(tmp_path, one.at(BEFORE_NINE)) as bot:
            for story in (one, two, three):
                said = (await story.talk.said(story.heard + 11, 40))[story.heard :]
                assert [message.paper for message in said] == [None, *PAPERS]
            assert await bot.terminate() == 0
        for person, heard in ((minji, one.heard), (jun, two.heard)):
            digest = telegram.in_chat(person)[heard:]
            assert [message.photo is not None for message in digest] == [True] + [False] * 10
            assert digest[0].photo is not None
            assert digest[0].photo.content.startswith(JPEG)
        # The card and one plot: two chats, one upload.
        assert len(telegram.methods.photos) == 2
        assert [bool(message.files) for message in channel.messages[three.heard :]] == [True] + [False] * 10
