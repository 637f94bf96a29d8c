"""Sends one rendered text to one address; what Telegram answers becomes an Outcome."""

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from adapters.telegram.outcomes import outcome_of
from adapters.telegram.render import TelegramText
from bot.model import Address
from bot.ports import Outcome, Sent, Unknown, Unreachable

# A forum's General topic is number 1, and refuses it as a thread id: 400 "message thread not found".
GENERAL_TOPIC = "1"


def thread_of(address: Address) -> int | None:
    """The thread id that Telegram wants for `address`: None for a chat without topics and for General."""
    return int(address.topic_id) if address.topic_id not in {"", GENERAL_TOPIC} else None


async def send_text(bot: Bot, address: Address, text: TelegramText, *, silent: bool) -> Outcome:
    """Send `text` to `address`. Never raises but when cancelled."""
    try:
        chat, thread = int(address.chat_id), thread_of(address)
    except ValueError:
        return Unreachable(f"'{address}' is no address of Telegram: its numbers are the chat's and the topic's.")
    try:
        sent = await bot.send_message(
            chat,
            text.text,
            parse_mode=ParseMode.HTML if text.html else None,
            disable_notification=silent,
            message_thread_id=thread,
            link_preview_options=_preview(text.picture),
            reply_markup=_keyboard(text),
        )
    except TelegramError as error:
        return outcome_of(error, address)
    except Exception as error:  # noqa: BLE001 - a fault inside the library must not end a delivery; it may have been sent
        return Unknown(f"{type(error).__name__}: {error}".replace(bot.token, "<token>"))
    return Sent(str(sent.message_id))


def _preview(picture: str | None) -> LinkPreviewOptions:
    # A preview has room for a text of 4,096 units, a photo's caption only 1,024.
    if picture is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=picture, prefer_large_media=True, show_above_text=True)


def _keyboard(text: TelegramText) -> InlineKeyboardMarkup | None:
    if not text.keyboard:
        return None
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(button.label, url=button.url) for button in row] for row in text.keyboard]
    )
