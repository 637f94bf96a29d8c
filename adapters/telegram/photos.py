"""Sends pictures of our own: uploaded once, then by Telegram's file id. If the picture fails, the text goes without it."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telegram import InlineKeyboardMarkup, InputFile
from telegram.constants import ParseMode
from telegram.error import BadRequest, TelegramError

from adapters.telegram.bodies import Form, encoded
from adapters.telegram.outcomes import outcome_of
from adapters.telegram.render import TelegramText
from bot.message import File
from bot.model import Address
from bot.ports import Outcome, Rejected, Sent, Unknown, Unreachable

if TYPE_CHECKING:
    from adapters.telegram.connection import Connection

# Whoever comes while somebody else uploads the same picture waits so long for its name, and then goes without.
PATIENCE = 3.0
# Pictures of some ninety kilobytes, by what is in them: a day's, in each language.
KEPT = 64


class Photos:
    """What Telegram calls the pictures that were uploaded with one token (core.telegram.org/bots/api#sending-files)."""

    def __init__(self) -> None:
        self._names: OrderedDict[bytes, str] = OrderedDict()
        self._uploading: dict[bytes, asyncio.Event] = {}

    async def name(self, image: File) -> str | None:
        """The picture's name; None when it is this caller's to upload, which ends with `uploaded`.

        Raises TimeoutError when somebody else's upload lasts too long.
        """
        async with asyncio.timeout(PATIENCE):
            while image.content not in self._names:
                if image.content not in self._uploading:
                    self._uploading[image.content] = asyncio.Event()
                    return None
                await self._uploading[image.content].wait()
        self._names.move_to_end(image.content)
        return self._names[image.content]

    def uploaded(self, image: File, name: str) -> None:
        """End an upload; "" for a name when it failed, and the next one tries."""
        if name:
            self._names[image.content] = name
            while len(self._names) > KEPT:
                self._names.popitem(last=False)
        self._uploading.pop(image.content).set()

    def forget(self, image: File) -> None:
        """A name that Telegram no longer knows."""
        self._names.pop(image.content, None)


@dataclass(frozen=True, slots=True)
class Captioned:
    """A picture with what stands below it."""

    image: File
    text: TelegramText
    keyboard: InlineKeyboardMarkup | None = None
    silent: bool = False


async def send_photo(
    connection: "Connection", address: Address, thread: int | None, photo: Captioned, *, paid: bool
) -> Outcome | None:
    """Send `photo`; None when it surely does not stand there, and the words should go alone."""
    try:
        name = await connection.photos.name(photo.image)
    except TimeoutError:
        return None
    try:
        if name is None:
            return Sent(str(await _upload(connection, address, thread, photo, paid=paid)))
        return Sent(str(await connection.send_photo(_form(address, thread, photo, name, paid=paid))))
    except TelegramError as error:
        if name is not None and isinstance(error, BadRequest):
            connection.photos.forget(photo.image)
        outcome = outcome_of(error, address)
        # Whether it was for the picture (CHAT_SEND_PHOTOS_FORBIDDEN, IMAGE_PROCESS_FAILED), the words tell.
        return None if isinstance(outcome, Rejected) or (isinstance(outcome, Unreachable) and outcome.vague) else outcome
    except Exception as error:  # noqa: BLE001 - a fault inside the library must not end a delivery; it may have been sent
        return Unknown(connection.scrubbed(f"{type(error).__name__}: {error}"))


async def _upload(connection: "Connection", address: Address, thread: int | None, photo: Captioned, *, paid: bool) -> int:
    name = ""
    try:
        sent = await connection.bot.send_photo(
            int(address.chat_id),
            InputFile(photo.image.content, filename=photo.image.name),
            message_thread_id=thread,
            caption=photo.text.text,
            parse_mode=ParseMode.HTML if photo.text.html else None,
            reply_markup=photo.keyboard,
            disable_notification=photo.silent,
            allow_paid_broadcast=paid or None,
        )
        # core.telegram.org/bots/api#message, photo: the sizes that there are of it, the largest last.
        name = sent.photo[-1].file_id if sent.photo else ""
        return sent.message_id
    finally:
        connection.photos.uploaded(photo.image, name)


def _form(address: Address, thread: int | None, photo: Captioned, name: str, *, paid: bool) -> Form:
    """What sendPhoto is given of a picture that Telegram has."""
    parameters = {"chat_id": address.chat_id, "photo": name, "caption": photo.text.text}
    parameters["disable_notification"] = "true" if photo.silent else "false"
    if thread is not None:
        parameters["message_thread_id"] = str(thread)
    if paid:
        parameters["allow_paid_broadcast"] = "true"
    if photo.text.html:
        parameters["parse_mode"] = ParseMode.HTML
    if photo.keyboard is not None:
        parameters["reply_markup"] = photo.keyboard.to_json()
    return Form(encoded(parameters))
