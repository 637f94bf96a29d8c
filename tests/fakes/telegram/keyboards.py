"""The checks of buttons and previews, the same for what the bot sends and for what it offers inline."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram.failures import bad_request


def checked_keyboard(arguments: Mapping[str, str]) -> tuple[tuple[dict[str, str], ...], ...]:
    rows = json.loads(arguments.get("reply_markup") or "{}").get("inline_keyboard", [])
    for button in (button for row in rows for button in row):
        if not button.get("text"):
            # TDLib, ReplyMarkup.cpp, get_inline_keyboard_button
            raise bad_request("can't parse inline keyboard button: Text must be non-empty")
        if ("url" in button) == ("callback_data" in button):
            # TDLib, ReplyMarkup.cpp; core.telegram.org/bots/api#inlinekeyboardbutton: "Exactly one of the optional fields"
            raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
        if "callback_data" in button:
            # Same page: "Data to be sent in a callback query to the bot when the button is pressed, 1-64 bytes"
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise bad_request("BUTTON_DATA_INVALID")
            continue
        parts = urlsplit(button["url"])
        if parts.scheme not in {"http", "https", "tg"}:
            raise bad_request("BUTTON_URL_INVALID")  # core.telegram.org/method/messages.sendMessage, possible errors
        if not re.fullmatch(r"[^\s.]+(\.[^\s.]+)+", parts.hostname or ""):
            # TDLib, ReplyMarkup.cpp with LinkManager::get_checked_link
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return tuple(tuple(row) for row in rows)


def checked_preview(arguments: Mapping[str, str]) -> dict[str, Any] | None:
    preview: dict[str, Any] | None = json.loads(arguments.get("link_preview_options") or "null")
    if preview and preview.get("url") and not preview["url"].startswith(("http://", "https://")):
        raise bad_request("WEBPAGE_URL_INVALID")  # core.telegram.org/method/messages.sendMedia, possible errors
    return preview
