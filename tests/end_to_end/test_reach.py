"""Where people reach the bot beyond its own chats: inline, by addresses, while they type, carried along; and its manners."""

import re
import sqlite3
from pathlib import Path

from tests.end_to_end.process import Running, running
from tests.end_to_end.story import EVENING, PAPERS
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.hub import Hub
from tests.fakes.telegram.server import FakeTelegram

VITAR = "2403.18361"


async def test_the_bot_is_reached_from_everywhere(tmp_path: Path):
    async with Hub() as hub, FakeTelegram() as telegram, FakeDiscord() as discord:
        settings = {
            "HF_API_URL": hub.url, "ARXIV_API_URL": hub.url, "CLOCK": EVENING, "TELEGRAM_CHAT_RATE": "50",
            "TELEGRAM_BOT_TOKEN": telegram.token, "TELEGRAM_API_URL": telegram.url, **discord.environment(),
        }  # fmt: skip
        async with running(tmp_path, settings) as bot:
            await bot.wait_for_log("list fetched")
            await is_found_inline(telegram)
            await opens_by_addresses(telegram)
            await offers_what_was_meant(telegram, discord)
            await completes_what_is_typed(discord)
            await is_carried_along(discord)
            await slows_who_floods(telegram, discord)
            await names_a_code_when_it_fails(telegram, discord, bot, tmp_path / "daily-papers.db")
            assert await bot.terminate() == 0


async def is_found_inline(telegram: FakeTelegram) -> None:
    """In any chat, with nothing typed and with words; and what is put there works, for people whom the bot never met."""
    minji, ada = telegram.person(7, language="ko"), telegram.person(8, language="en", started=False)
    newest = await telegram.types(minji, "")
    assert {one["id"] for one in newest.results} == set(PAPERS)
    assert newest.button == {"text": "Daily Papers 열기", "start_parameter": "inline"}
    found = await telegram.types(minji, "any resolution")
    assert found.results[0]["id"] == VITAR
    card = telegram.methods.inline.take(found.results[0])
    assert card.text.startswith("ViTAR: Vision Transformer with Any Resolution")
    assert f"https://arxiv.org/abs/{VITAR}" in card.links
    assert set(card.buttons) >= {"arXiv", "PDF", "비슷한 논문", "저장"}
    # A notice is seen where it was pressed.
    assert "/saved" in await telegram.answer_to(await telegram.presses_inline(card, minji, "저장"))
    # What is longer opens the private chat, of somebody who has never been there too.
    query = await telegram.presses_inline(card, ada, "비슷한 논문")
    await telegram.answer_to(query)
    await telegram.says(ada, ada, f"/start {telegram.methods.presses.opened[query]}")
    (similar,) = await telegram.wait_for(ada, 1)
    assert "ViTAR" in similar.text
    nothing = await telegram.types(ada, "zzzzqqqq")
    assert nothing.results == []
    assert nothing.button is not None
    assert "Nothing found" in nothing.button["text"]


async def opens_by_addresses(telegram: FakeTelegram) -> None:
    """By a deep link, and by the address of a paper in whatever words."""
    sora = telegram.person(9, language="ko")
    texts = (
        f"/start paper_{VITAR.replace('.', '_')}",
        f"이 논문 어때요? https://arxiv.org/pdf/{VITAR}v2.pdf",
        f"[ViTAR](https://www.alphaxiv.org/abs/{VITAR})",
    )
    for count, text in enumerate(texts, 1):
        await telegram.says(sora, sora, text)
        assert (await telegram.wait_for(sora, count))[-1].links[0] == f"https://arxiv.org/abs/{VITAR}"
    await telegram.says(sora, sora, "/start day_20240326")
    assert "2024-03-26" in (await telegram.wait_for(sora, len(texts) + 1))[len(texts)].text


async def offers_what_was_meant(telegram: FakeTelegram, discord: FakeDiscord) -> None:
    """A button that does it; and /help is a screen whose buttons describe the commands."""
    ada, user, channel = telegram.person(13, language="en"), discord.user("mia"), discord.channel()
    await telegram.says(ada, ada, "/papr 2403.18361")
    (offer,) = await telegram.wait_for(ada, 1)
    await telegram.answer_to(await telegram.presses(ada, ada, offer, "/paper 2403.18361"))
    assert (await telegram.wait_for(ada, 2))[1].links[0] == f"https://arxiv.org/abs/{VITAR}"
    (wrong,) = await (await discord.slash(channel, user, "day", {"date": "2024-02-30"}, locale="en-US")).answered()
    (day,) = await (await discord.presses(wrong, user, "/day 2024-02-29", locale="en-US")).answered()
    assert "2024-02-29" in day.text
    (screen,) = await (await discord.slash(channel, user, "help", {"command": "cite"}, locale="ko")).answered()
    assert "/cite 2403.18361" in screen.text
    screen = await (await discord.presses(screen, user, "↩ 전체 명령", locale="ko")).edited()
    assert "/today" in screen.text


async def completes_what_is_typed(discord: FakeDiscord) -> None:
    """Papers, days, zones and authors in a form; commands called as people's own language calls them."""
    channel, ada = discord.channel(), discord.user("ada")

    async def offered(command: str, option: str, typed: str, locale: str = "en-US") -> dict[str, str]:
        return await (await discord.completes(channel, ada, command, option, typed, locale=locale)).completed()

    assert list((await offered("paper", "id", "vitar")).values()) == [VITAR]
    assert list((await offered("paper", "id", "2403.183")).values()) == [VITAR]
    assert "2024-03-28 (목) · 논문 10편" in await offered("day", "date", "", "ko")
    assert next(iter((await offered("day", "date", "last tuesday")).values())) == "2024-03-26"
    assert "Europe/Paris" in (await offered("subscribe", "zone", "파리", "ko")).values()
    assert "Qihang Fan" in (await offered("author", "author", "qihang")).values()
    named = {command["name"]: command["name_localizations"]["ko"] for command in discord.commands}
    assert (named["search"], named["today"]) == ("검색", "오늘")


async def is_carried_along(discord: FakeDiscord) -> None:
    """Into a server without the bot and into others' direct messages: one message with pages, nothing promised for later."""
    far = discord.guild("Far away")
    far.bot_inside = False
    eve = discord.user("eve")
    for place in (discord.channel(far), discord.private_channel(discord.user("bob"))):
        asked = await discord.slash(place, eve, "today", locale="ko")
        (page,) = await asked.answered()
        assert "2024-03-28" in page.text
        opened = await discord.presses(page, eve, "1", locale="ko")
        (paper,) = await opened.answered()
        assert paper.embeds[0]["url"] == f"https://arxiv.org/abs/{PAPERS[0]}"
        refused = await discord.slash(place, eve, "subscribe", {"time": "09:00"}, locale="ko", admin=True)
        (sentence,) = await refused.answered()
        assert sentence.ephemeral
        assert "/subscribe" in sentence.text
    assert not [path for _, path, _ in discord.requests if any(place.id in path for place in far.channels)]


async def slows_who_floods(telegram: FakeTelegram, discord: FakeDiscord) -> None:
    """Told once; others are answered meanwhile."""
    fast, calm = telegram.person(10, language="en"), telegram.person(11, language="en")
    for _ in range(25):
        await telegram.says(fast, fast, "/privacy")
    await telegram.says(calm, calm, "/privacy")
    await telegram.wait_for(calm, 1)
    said = [message.text for message in await telegram.wait_for(fast, 21)]
    assert sum("faster than I can follow" in text for text in said) == 1
    channel, hasty = discord.channel(), discord.user("hasty")
    typed = [await discord.slash(channel, hasty, "privacy") for _ in range(22)]
    for one in typed:
        await one.ended()
    told = [one for one in typed if any("너무 빨라서" in message.text for message in one.messages)]
    assert len(told) == 1
    assert told[0].messages[0].ephemeral
    assert len(telegram.in_chat(fast)) == 21


async def names_a_code_when_it_fails(telegram: FakeTelegram, discord: FakeDiscord, bot: Running, database: Path) -> None:
    """One sentence and a short code; the log has the code beside the cause."""
    with sqlite3.connect(database) as connection:
        connection.execute("ALTER TABLE paper RENAME TO paper_elsewhere")
    connection.close()
    person, user = telegram.person(12, language="en"), discord.user("user")
    await telegram.says(person, person, f"/paper {VITAR}")
    (message,) = await telegram.wait_for(person, 1)
    asked = await discord.slash(discord.channel(), user, "paper", {"id": VITAR})
    (answer,) = await asked.answered()
    assert answer.ephemeral
    for text in (message.text, answer.text):
        code = re.search(r"(?:code|코드) ([0-9a-f]{6})", text)
        assert code is not None, text
        assert "paper_elsewhere" not in text
        await bot.wait_for_log(code[1])
