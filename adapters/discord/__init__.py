"""Discord: discord.py for the gateway and the commands, one HTTP request of our own for what is sent.

The package is named as the library is; every import of the library is absolute (`import discord`) and stands only in
`gateway`. Here it is only decided whether Discord is served; the rest is imported when it is.
"""

from bot.ports import AdapterContext, ChatAdapter


def create(context: AdapterContext) -> ChatAdapter | None:
    """The adapter, or None when DISCORD_BOT_TOKEN is not set. Raises SettingsError for a setting that cannot be used."""
    if not context.environment.get("DISCORD_BOT_TOKEN", "").strip():
        return None
    # Late: aiohttp takes a quarter of a second, which commands without Discord need not wait for.
    from adapters.discord.adapter import DiscordAdapter  # noqa: PLC0415

    return DiscordAdapter(context)
