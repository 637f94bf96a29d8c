"""Checks of the configuration: the settings themselves, the names in `.env`, who may read that file, whom alarms reach."""

import difflib
import os
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from bot.doctor.finding import Finding, ok, warning
from bot.errors import SettingsError
from bot.settings import SECRETS, Settings, written_settings

# So alike are two names when one is a slip of the other; of the settings' own names none are.
ALIKE = 0.9


def settings(found: Settings, platforms: Iterable[str]) -> Finding:
    """That they could be read is known; here it is said what they amount to."""
    served = sorted(platforms)
    if not served:
        return warning(
            "settings",
            "No token is set, so nobody but this terminal is served.",
            "Set TELEGRAM_BOT_TOKEN or DISCORD_BOT_TOKEN in .env (.env.example explains both).",
        )
    return ok("settings", f"serves {' and '.join(served)}; the store is {found.database}")


def admins(found: Settings) -> Finding:
    if not found.admin_chats:
        return warning(
            "alarms",
            "ADMIN_CHATS is not set, so nobody is told when something goes wrong.",
            "Set ADMIN_CHATS to a chat of yours, such as telegram:123456789, best on two platforms.",
        )
    return ok("alarms", f"{len(found.admin_chats)} in ADMIN_CHATS")


def misspelt(folder: Path) -> Finding | None:
    """Names in `.env` that look like a setting's and are none; None when all is well, or there is no such file."""
    known = [name.upper() for name in Settings.model_fields]
    unknown = [name for name in _written(folder) if name.upper() not in known]
    alike = {name: difflib.get_close_matches(name.upper(), known, 1, ALIKE) for name in unknown}
    slips = [f"{name} (did you mean {found[0]}?)" for name, found in alike.items() if found]
    if not slips:
        return None
    return warning(".env", f"Nothing reads {', '.join(slips)}.", f"Mend the names in {folder / '.env'}.")


def readable(folder: Path) -> Finding | None:
    """Whether others than its owner may read the secrets in `.env`; None when all is well, or there are none."""
    file = folder / ".env"
    if os.name != "posix" or not file.is_file():
        return None
    secret = [name for name, value in _written(folder).items() if value and name.lower() in SECRETS]
    if not secret or not file.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return None
    return warning(
        ".env", f"{file} holds {', '.join(secret)}, and other users of this machine may read it.", f"chmod 600 {file}"
    )


def _written(folder: Path) -> Mapping[str, str | None]:
    """What stands in `.env`; nothing when it cannot be read, which the check of the settings says."""
    try:
        return written_settings(folder)
    except SettingsError:
        return {}
