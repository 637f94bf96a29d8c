"""What Discord tells a bot of commands and buttons, and where a command may be typed. Pure."""

from typing import Any

from tests.fakes.discord.world import ADMINISTRATOR, FakeChannel, FakeInteraction


def check_place(command: dict[str, Any], channel: FakeChannel) -> None:
    """A command stands in a menu only where it was registered for, and where its app is."""
    carried = channel.foreign or (channel.guild is not None and not channel.guild.bot_inside)
    assert not carried or 1 in command.get("integration_types", ()), f"/{command['name']} is not for people's own apps"
    context = 2 if channel.foreign else (1 if channel.guild is None else 0)
    assert context in command.get("contexts", (0, 1, 2)), f"/{command['name']} is not for such a place"


def check_shown(command: dict[str, Any], permissions: int) -> None:
    """docs/interactions/application-commands#permissions: by default a member must have all of these, or be an admin."""
    needed = int(command.get("default_member_permissions") or 0)
    assert permissions & ADMINISTRATOR or permissions & needed == needed, f"/{command['name']} is not shown to this member"


def interaction_event(
    application_id: str, one: FakeInteraction, data: dict[str, Any], permissions: int, locale: str
) -> dict[str, Any]:
    """docs/interactions/receiving-and-responding#interaction-object-interaction-structure."""
    channel, guild = one.channel, one.channel.guild
    event: dict[str, Any] = {
        "id": one.id, "application_id": application_id, "type": one.type, "token": one.token, "version": 1, "data": data,
        "channel_id": channel.id, "channel": channel.json(), "app_permissions": str(channel.bot_permissions),
        "locale": locale, "entitlements": [], "authorizing_integration_owners": _owners(one),
        "attachment_size_limit": 10485760,
    }  # fmt: skip
    if one.pressed is not None:
        event["message"] = one.pressed.json()
    if guild is None:
        return event | {"user": one.user.json(), "context": 2 if channel.foreign else 1}
    member = {
        "user": one.user.json(), "roles": [], "joined_at": "2024-03-28T00:00:00+00:00", "deaf": False, "mute": False,
        "flags": 0, "permissions": str(permissions), "nick": None, "avatar": None,
    }  # fmt: skip
    place = {"id": guild.id, "locale": "ko", "features": []}
    return event | {"guild_id": guild.id, "guild": place, "guild_locale": "ko", "member": member, "context": 0}


def _owners(one: FakeInteraction) -> dict[str, str]:
    """…#interaction-object-authorizing-integration-owners-object: the server ("0" in the bot's direct messages), or who
    carries the app."""
    if one.carried:
        return {"1": one.user.id}
    return {"0": one.channel.guild.id if one.channel.guild else "0"}
