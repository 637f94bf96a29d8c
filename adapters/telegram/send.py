"""Sends one message to one address, or replaces another by it; Telegram's answer becomes an Outcome."""

from functools import lru_cache

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError

from adapters.telegram.bodies import Form, encoded
from adapters.telegram.connection import Connection
from adapters.telegram.outcomes import outcome_of
from adapters.telegram.photos import Captioned, send_photo
from adapters.telegram.render import TelegramText, captioned, rendered
from adapters.telegram.updates import GENERAL_TOPIC
from bot.message import Button, File, Message
from bot.model import Address
from bot.ports import Outcome, Sent, Unknown, Unreachable


def thread_of(address: Address) -> int | None:
    """The thread id that Telegram wants for `address`: None for a chat without topics and for General."""
    return int(address.topic_id) if address.topic_id not in {"", GENERAL_TOPIC} else None


async def send_message(
    connection: Connection, address: Address, message: Message, *, plain: bool = False, paid: bool = False
) -> Outcome:
    """Send `message` to `address`. Never raises but when cancelled. `paid`: as a paid broadcast."""
    try:
        chat, thread = int(address.chat_id), thread_of(address)
    except ValueError:
        return Unreachable(f"'{address}' is no address of Telegram: its numbers are the chat's and the topic's.")
    if message.file is not None:
        return await _send_file(connection, address, message, message.file, plain=plain)
    if message.image is not None and not plain and (photo := _captioned(message)) is not None:
        became = await send_photo(connection, address, thread, photo, paid=paid)
        if became is not None:
            return became
    to = f"chat_id={chat}" if thread is None else f"chat_id={chat}&message_thread_id={thread}"
    # core.telegram.org/bots/api#sendmessage, allow_paid_broadcast: 0.1 Telegram Stars a message.
    payment = "&allow_paid_broadcast=true" if paid else ""
    try:
        number = await connection.send_message(Form(f"{to}{payment}&{_written(message, plain=plain)}"))
    except TelegramError as error:
        return outcome_of(error, address)
    except Exception as error:  # noqa: BLE001 - a fault inside the library must not end a delivery; it may have been sent
        return Unknown(connection.scrubbed(f"{type(error).__name__}: {error}"))
    return Sent(str(number))


async def _send_file(connection: Connection, address: Address, message: Message, file: File, *, plain: bool) -> Outcome:
    """As `send_message`; the text is the file's caption."""
    text = rendered(message, plain=plain)
    try:
        sent = await connection.bot.send_document(
            int(address.chat_id),
            InputFile(file.content, filename=file.name),
            message_thread_id=thread_of(address),
            caption=text.text,
            parse_mode=ParseMode.HTML if text.html else None,
            reply_markup=keyboard_of(text) if text.keyboard else None,
            disable_notification=message.silent,
            disable_content_type_detection=True,
        )
    except TelegramError as error:
        return outcome_of(error, address)
    except Exception as error:  # noqa: BLE001 - as above
        return Unknown(connection.scrubbed(f"{type(error).__name__}: {error}"))
    return Sent(str(sent.message_id))


async def edit_message(connection: Connection, address: Address, where: str, message: Message) -> Outcome:
    """Put `message` in the place of the one that `where` names, at `address`. Never raises but when cancelled."""
    number = where.rpartition("=")[2]
    try:
        # A parameter of sendMessage that editMessageText has not, such as the silence, is passed over by Telegram.
        await connection.edit_message(Form(f"{where}&{_written(message, plain=False)}"))
    except TelegramError as error:
        # Client.cpp: what stands there is what was to stand there, as after two presses in a row.
        if "message is not modified" in str(error).lower():
            return Sent(number)
        return outcome_of(error, address)
    except Exception as error:  # noqa: BLE001 - as above; an edit may be repeated without harm
        return Unknown(connection.scrubbed(f"{type(error).__name__}: {error}"))
    return Sent(number)


# A paper goes to one chat after another as the same message; 256 of them, written, are two or three megabytes.
@lru_cache(maxsize=256)
def _written(message: Message, *, plain: bool) -> str:
    """All parameters of sendMessage but those that say where to."""
    text = rendered(message, plain=plain)
    parameters = {
        "text": text.text,
        "disable_notification": "true" if message.silent else "false",
        "link_preview_options": preview_of(text.picture or _fetched(message, plain=plain)).to_json(),
    }
    if text.html:
        parameters["parse_mode"] = ParseMode.HTML
    if text.keyboard:
        parameters["reply_markup"] = keyboard_of(text).to_json()
    return encoded(parameters)


def _fetched(message: Message, *, plain: bool) -> str | None:
    """Where Telegram may fetch the message's own picture, for a text that has no room below an uploaded one."""
    if plain or message.image is None or not message.image.url or captioned(message) is not None:
        return None
    return message.image.url


@lru_cache(maxsize=64)
def _captioned(message: Message) -> Captioned | None:
    """The message's own picture with the message below it, where all of it has room there."""
    text = captioned(message)
    if message.image is None or text is None:
        return None
    return Captioned(message.image, text, keyboard_of(text) if text.keyboard else None, message.silent)


def preview_of(picture: str | None) -> LinkPreviewOptions:
    """How the picture of a message is shown: as a large preview above its text, or not at all."""
    # A preview has room for a text of 4,096 units, a photo's caption only 1,024.
    if picture is None:
        return LinkPreviewOptions(is_disabled=True)
    return LinkPreviewOptions(url=picture, prefer_large_media=True, show_above_text=True)


def keyboard_of(text: TelegramText) -> InlineKeyboardMarkup:
    """The buttons of a message."""
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in text.keyboard])


def _button(button: Button) -> InlineKeyboardButton:
    if button.acts:
        return InlineKeyboardButton(button.label, callback_data=button.action)
    return InlineKeyboardButton(button.label, url=button.url)
