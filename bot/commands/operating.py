"""Operators' commands in the chats of ADMIN_CHATS: /pause_all, /resume_all, /announce. /status is in operating_status.py.

Elsewhere there are no such commands. In a group of ADMIN_CHATS everybody may look, and its admins may change something.
"""

import datetime as dt
import unicodedata
from collections.abc import Callable, Mapping, Sequence

import structlog

from bot.commands.asking import Asking, Handler
from bot.commands.menu import Translate, in_all
from bot.commands.operating_status import show_status
from bot.commands.presser import put
from bot.digest.compose import compose_announcement
from bot.locales import thousands
from bot.message import Button, Message, utf16_length
from bot.model import Address
from bot.ports import ArgumentSpec, CommandSpec, Request
from bot.settings import Settings
from bot.store import announcements, pauses
from bot.store.allowed import includes
from bot.store.announcements import AnnouncementState

# The action of an announcement's buttons, before what to do and its number.
ANNOUNCE = "an"
_SEND, _DROP = "s", "d"
# With its heading it stays below the 2,000 characters of a Discord message, the least that a platform gives
# (discord.com/developers/docs/resources/message#create-message).
LONGEST = 1700
# A draft that was shown longer ago was left for a reason, and is pressed by mistake.
_LIFE = dt.timedelta(days=1)

# The other words that people type for them.
_BY_NAMES = {
    "status": ("상태", "状態", "状态", "狀態"),
    "pause_all": ("전체중지", "모두중지", "全停止", "全部暂停", "全部暫停"),
    "resume_all": ("전체재개", "모두재개", "全再開", "全部恢复", "全部恢復"),
    "announce": ("공지", "알림", "お知らせ", "公告", "通知"),
}

_DESCRIPTIONS: Mapping[str, Callable[[Translate], str]] = {
    "status": lambda gettext: gettext("How everything stands"),
    "pause_all": lambda gettext: gettext("Hold back every digest"),
    "resume_all": lambda gettext: gettext("Let them go on"),
    "announce": lambda gettext: gettext("Say something to every subscribed chat; asks first"),
}

log = structlog.get_logger(__name__)


def is_operator(settings: Settings, address: Address) -> bool:
    """Whether a chat is one of the operator's: named in ADMIN_CHATS, alone or with all its topics."""
    return bool(settings.admin_chats) and includes(settings.admin_chats, address)


def operating_command(settings: Settings, request: Request, typed: str) -> str:
    """The name of the command that `typed` (without its slash) is in this chat; "" when it is none here."""
    if not is_operator(settings, request.address):
        return ""
    return _NAMES.get(unicodedata.normalize("NFKC", typed).casefold(), "")


def described(gettext: Translate) -> list[str]:
    """The commands as /help shows them in a chat of the operator's."""
    usage = {"announce": gettext("The bot moves tonight.")}
    return [
        " ".join(filter(None, (f"/{name}", usage.get(name), "–", tell(gettext)))) for name, tell in _DESCRIPTIONS.items()
    ]


def operator_specs() -> tuple[CommandSpec, ...]:
    """The commands for platforms where only what was registered can be typed, described in every interface language."""
    text = ArgumentSpec(name="text", description=in_all(lambda gettext: gettext("What every chat is told")), required=True)
    return tuple(
        CommandSpec(name=name, description=in_all(tell), arguments=(text,) if name == "announce" else ())
        for name, tell in _DESCRIPTIONS.items()
    )


async def status(asking: Asking) -> Sequence[Message]:
    """How everything stands; anybody in an operator's chat may look."""
    return await show_status(asking)


async def pause_all(asking: Asking) -> Sequence[Message]:
    """Hold back every digest until /resume_all."""
    if not await asking.request.may_change():
        return _admins_only(asking)
    if not await asking.store.write(pauses.pause, None, now=asking.now):
        since = (await asking.store.read(pauses.pauses)).everything or asking.now
        return asking.say(
            asking.gettext("Everything has been paused since {at}.", at=f"{since:%Y-%m-%d %H:%M} UTC"),
            asking.gettext("/resume_all lets it go on."),
        )
    log.info("everything is paused", by=str(asking.request.address))
    return asking.say(
        asking.gettext("Everything is paused: no digest and no announcement is sent until /resume_all."),
        asking.gettext("People who ask are answered all the same. What is held back goes on where it stopped."),
    )


async def resume_all(asking: Asking) -> Sequence[Message]:
    """Undo /pause_all; chats that were paused by themselves stay so."""
    if not await asking.request.may_change():
        return _admins_only(asking)
    resumed = await asking.store.write(pauses.resume, None, now=asking.now)
    single = len((await asking.store.read(pauses.pauses)).chats)
    left = (
        asking.ngettext(
            "{count} chat stays paused by itself; on the machine, `daily-papers resume --chat` lets it go on.",
            "{count} chats stay paused by themselves; on the machine, `daily-papers resume --chat` lets them go on.",
            single,
            count=thousands(single, asking.language),
        )
        if single
        else ""
    )
    if not resumed:
        return asking.say(asking.gettext("Not everything was paused, so there is nothing to resume."), left)
    log.info("everything goes on", by=str(asking.request.address))
    return asking.say(asking.gettext("Digests are sent again, each from where it stopped."), left)


async def announce(asking: Asking) -> Sequence[Message]:
    """Show an announcement as its readers will see it, and ask whether it is to be sent."""
    if not await asking.request.may_change():
        return _admins_only(asking)
    # As it was typed: what is read as a command is cut earlier (bot/commands/conversation.py), and this must be whole.
    _, _, text = asking.request.text.strip().replace("\r\n", "\n").partition(_first_blank(asking.request.text.strip()))
    text = text.strip()
    if not any(ch.isalnum() for ch in text):
        return asking.say(
            asking.gettext("Write what is to be announced behind the command. I show it first, and ask."),
            asking.gettext("For example {example}", example="/announce " + asking.gettext("The bot moves tonight.")),
            private=True,
        )
    if (length := utf16_length(text)) > LONGEST:
        return asking.say(
            asking.gettext(
                "That has {length} characters, and an announcement at most {most}, so that it is one message everywhere.",
                length=thousands(length, asking.language),
                most=thousands(LONGEST, asking.language),
            ),
            private=True,
        )
    chats = await asking.store.read(announcements.count_readers, asking.now.date())
    if not chats:
        return asking.say(asking.gettext("No chat is subscribed that can be reached, so there is nobody to tell."))
    number = await asking.store.write(announcements.draft, text, now=asking.now)
    send = asking.ngettext("Send to {count} chat", "Send to {count} chats", chats, count=thousands(chats, asking.language))
    question = Message(
        paragraphs=(asking.gettext("So it will look. Shall I send it?"),),
        buttons=(
            Button(send, action=f"{ANNOUNCE}:{_SEND}:{number}", row=0),
            Button(asking.gettext("Do not send it"), action=f"{ANNOUNCE}:{_DROP}:{number}", row=0),
        ),
    )
    return [compose_announcement(text, asking.language), question]


async def pressed_announcement(asking: Asking) -> Sequence[Message]:
    """An answer to the question of `announce`. Pressed twice, or by two people, it sends nothing twice."""
    what, _, rest = asking.arguments.partition(":")
    if not is_operator(asking.settings, asking.request.address) or not await asking.request.may_change():
        return _admins_only(asking)
    number = int(rest) if rest.isascii() and rest.isdigit() and len(rest) < 7 else 0
    found = await asking.store.read(announcements.announcement, number)
    if found is None:
        return asking.say(asking.gettext("This button does not work any more."), private=True)
    if found.state in {AnnouncementState.CONFIRMED, AnnouncementState.PLANNED}:
        return asking.say(asking.gettext("It is on its way already. /status shows how far."), private=True)
    if found.state is AnnouncementState.DROPPED:
        return asking.say(asking.gettext("It was thrown away. /announce begins anew."), private=True)
    if what != _SEND:
        await asking.store.write(announcements.drop, number)
        return await put(asking, Message(paragraphs=(asking.gettext("Nothing is sent."),)))
    if asking.now - found.written_at > _LIFE:
        return asking.say(asking.gettext("That is more than a day old. /announce begins anew."), private=True)
    if not await asking.store.write(announcements.confirm, number, now=asking.now):
        return asking.say(asking.gettext("It is on its way already. /status shows how far."), private=True)
    log.info("announcement confirmed", announcement=number, by=str(asking.request.address))
    paused = (await asking.store.read(pauses.pauses)).everything
    told = asking.gettext("It is on its way, before the digests that come next. /status shows how far.")
    if paused is not None:
        told = asking.gettext("Everything is paused: it is sent after /resume_all.")
    return await put(asking, Message(paragraphs=(told,)))


OPERATING: Mapping[str, Handler] = {
    "status": status,
    "pause_all": pause_all,
    "resume_all": resume_all,
    "announce": announce,
}
_NAMES = {name: name for name in OPERATING} | {word: name for name, words in _BY_NAMES.items() for word in words}


def _first_blank(text: str) -> str:
    """What parts the command from its words."""
    return next((ch for ch in text if ch.isspace()), " ")


def _admins_only(asking: Asking) -> Sequence[Message]:
    return asking.say(asking.gettext("Only the admins of a chat in ADMIN_CHATS can do that."), private=True)
