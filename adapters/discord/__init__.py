"""Discord: discord.py for the gateway and the commands, HTTP requests of our own for sending.

The package has the library's name, so the library is always imported absolutely (`import discord`). This module only
decides whether Discord is served; the rest is imported if it is.
"""

from bot.ports import AdapterContext, ChatAdapter


def create(context: AdapterContext) -> ChatAdapter | None:
    """The adapter, or None when DISCORD_BOT_TOKEN is not set. Raises SettingsError for a setting that cannot be used."""
    if not context.environment.get("DISCORD_BOT_TOKEN", "").strip():
        return None
    # Late: aiohttp takes a quarter of a second, which commands without Discord need not wait for.
    from adapters.discord.adapter import DiscordAdapter  # noqa: PLC0415

    return DiscordAdapter(context)
