"""Who counts as an admin, and where the bot can post, by Discord's permissions. Pure."""

import discord


def is_admin(permissions: discord.Permissions) -> bool:
    """Whether somebody with these may change a channel's subscription."""
    return permissions.administrator or permissions.manage_guild or permissions.manage_channels


def can_post(permissions: discord.Permissions, *, thread: bool) -> bool:
    """Whether the bot can send its messages there."""
    speaks = permissions.send_messages_in_threads if thread else permissions.send_messages
    return permissions.administrator or (permissions.view_channel and speaks and permissions.embed_links)
