"""The command menu that Telegram's clients show, in every interface language; set only when it changed."""

import asyncio
import hashlib
import json
from collections.abc import Sequence

import structlog
from telegram import Bot, BotCommand
from telegram.error import BadRequest, InvalidToken, TelegramError

from adapters.telegram.pauses import growing_pauses
from bot.ports import CommandSpec, KeyValueStore

_log = structlog.get_logger(__name__)

# Telegram shows the list of the person's language, else the one without a language
# (core.telegram.org/bots/api#determining-list-of-commands). Both names and numbers: core.telegram.org/bots/api#botcommand.
# A code has two letters, so that all of Chinese has one menu.
_LANGUAGES = {None: "en", "en": "en", "ko": "ko", "ja": "ja", "zh": "zh-Hans"}
_MOST_COMMANDS = 100
_LONGEST_DESCRIPTION = 256
_STATE_KEY = "menu"


def menu(commands: Sequence[CommandSpec], language: str | None) -> list[BotCommand]:
    """The commands with their descriptions in `language`, Telegram's code of it; English where it is missing."""
    listed = []
    for command in commands[:_MOST_COMMANDS]:
        described = command.description.get(_LANGUAGES.get(language, "en")) or command.description.get("en") or command.name
        listed.append(BotCommand(command.name, described[:_LONGEST_DESCRIPTION]))
    return listed


async def keep_menu(bot: Bot, bot_id: int, commands: Sequence[CommandSpec], state: KeyValueStore | None) -> None:
    """Set the menu if it is not what was set last, again and again until Telegram takes it. Never raises."""
    if not commands:
        return
    wanted = {language or "": [one.to_dict() for one in menu(commands, language)] for language in _LANGUAGES}
    written = json.dumps([bot_id, wanted], sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(written.encode()).hexdigest()
    if state is not None and await state.get(_STATE_KEY) == digest:
        return
    for pause in growing_pauses():
        try:
            for language in _LANGUAGES:
                await bot.set_my_commands(menu(commands, language), language_code=language)
        except (BadRequest, InvalidToken) as error:
            # Asking again would give the same answer; the commands work without a menu. Status 404 is an InvalidToken for
            # the library, and that of a small server without this method; a token that is refused ends the listening.
            _log.error("telegram.menu_refused", reason=str(error))
            return
        except TelegramError as error:
            _log.warning("telegram.menu_not_set", reason=str(error), pause=pause)
            await asyncio.sleep(pause)
        else:
            if state is not None:
                await state.set(_STATE_KEY, digest)
            _log.info("telegram.menu_set", commands=len(commands))
            return
