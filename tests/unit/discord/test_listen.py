"""What people do on Discord reaches the core as requests and events."""

from adapters.discord.adapter import DiscordAdapter
from bot.model import Address, ChatKind
from bot.ports import Request
from tests.fakes.discord import FakeDiscord
from tests.unit.discord.conftest import HEADING, PAPER, Asked, address


async def test_a_slash_command_is_asked_as_a_line_and_answered_where_it_was_typed(fake: FakeDiscord, inbox: Asked):
    channel, ada = fake.channel(), fake.user("ada")
    typed = await fake.slash(channel, ada, "day", {"date": "2024-03-28"}, locale="ko")
    (message,) = await typed.answered()
    (request,) = inbox.requests
    assert (request.text, request.language, request.person) == ("/day 2024-03-28", "ko", ada.id)
    assert (request.address, request.kind) == (address(channel), ChatKind.GROUP)
    assert request.title == "#papers · Reading group"
    assert message.text == "**Daily Papers · 2024-03-28**\n10 papers"


async def test_a_direct_message_is_a_request_too(fake: FakeDiscord, inbox: Asked):
    ada = fake.user("ada")
    dm = fake.dm(ada)
    await fake.says(dm, ada, "attention is all you need")
    await fake.wait_for(dm, 1)
    (request,) = inbox.requests
    assert (request.text, request.kind, request.address) == ("attention is all you need", ChatKind.PRIVATE, address(dm))
