"""Discord as a bot meets it: HTTP API v10 and the gateway, on loopback, refusing what the real one refuses.

`async with FakeDiscord() as fake:` serves `fake.api_url` and `fake.gateway_url`; a bot in this process or another one is
pointed there with DISCORD_API_URL and DISCORD_GATEWAY_URL. People act through `fake.slash` and `fake.says`.
"""

from tests.fakes.discord.server import FakeDiscord
from tests.fakes.discord.world import FakeChannel, FakeGuild, FakeInteraction, FakeMessage, FakeUser

__all__ = ["FakeChannel", "FakeDiscord", "FakeGuild", "FakeInteraction", "FakeMessage", "FakeUser"]
