"""One process: a day fetched from the Hub is read on the web, found, and written as files, while chats are answered."""

import json
import re
import socket
from pathlib import Path

import httpx

from tests.end_to_end.process import run_command, running
from tests.end_to_end.story import EVENING, PAPERS
from tests.end_to_end.test_telegram import TelegramTalk
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram
from tests.fakes.websub import WebSubHub


async def test_a_day_is_read_on_the_web_while_the_bot_runs(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram, WebSubHub() as websub:
        settings = {
            "TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, "TELEGRAM_CHAT_RATE": "50",
            "HF_API_URL": hub.url, "ARXIV_API_URL": hub.url, "CLOCK": EVENING, "WEB_PORT": "0",
            "WEB_URL": "https://papers.example.org", "WEBSUB_HUB": websub.url,
        }  # fmt: skip
        async with running(tmp_path, settings) as bot, httpx.AsyncClient(trust_env=False) as browser:
            await bot.wait_for_log("web pages are served")
            (url,) = re.findall(r'"url": "(http://127\.0\.0\.1:\d+)"', bot.logged())
            await bot.wait_for_log("list fetched")
            await bot.wait_for_log("the hub was told")
            newest = (await browser.get(f"{url}/en/")).text
            assert re.findall(r'<article id="([^"]+)"', newest) == PAPERS
            assert "ViTAR: Vision Transformer with Any Resolution" in newest
            paper = await browser.get(f"{url}/paper/2403.18361")
            assert "@misc{" in paper.text
            again = await browser.get(f"{url}/paper/2403.18361", headers={"If-None-Match": paper.headers["etag"]})
            assert again.status_code == 304
            found = (await browser.get(f"{url}/en/search", params={"q": "any resolution"})).text
            assert 'id="2403.18361"' in found
            feed = (await browser.get(f"{url}/en/feed.json", params={"filter": "author:Fan"})).json()
            assert [item["external_url"] for item in feed["items"]] == ["https://arxiv.org/abs/2403.18361"]
            assert (await browser.get(f"{url}/healthz")).status_code == 200
            assert "https://papers.example.org/feed.atom" in websub.topics
            # Chats are answered beside it, and files are written from the store that is open.
            minji = telegram.person(7)
            talk = TelegramTalk(telegram, minji, minji)
            await talk.says("/paper 2403.18361")
            assert "ViTAR" in (await talk.said(1))[0].text
            status, said, errors = await run_command(
                tmp_path, settings, "site", "public", "--lang", "en", "--feed", "fan=author:Fan"
            )
            assert (status, errors) == (0, "")
            assert re.match(r"Wrote \d+ files to public; 0 were", said)
            status, said, _ = await run_command(
                tmp_path, settings, "site", "public", "--lang", "en", "--feed", "fan=author:Fan"
            )
            assert (status, said.split()[1]) == (0, "0")
            assert await bot.terminate() == 0
    assert "ViTAR" in (tmp_path / "public" / "2024-03-28" / "index.html").read_text(encoding="utf-8")
    named = json.loads((tmp_path / "public" / "en" / "feeds" / "fan.json").read_text(encoding="utf-8"))
    assert named["feed_url"] == "https://papers.example.org/en/feeds/fan.json"


async def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        status, _, errors = await run_command(tmp_path, {"WEB_PORT": port}, "run")
    assert status == 2
    assert re.fullmatch(rf"Error: WEB_PORT: [^\n]*127\.0\.0\.1:{port}[^\n]*\n", errors), errors
