"""/forget deletes what the store holds of a chat or of a person, after asking (bot/store/forgetting.py)."""

import datetime as dt
import sqlite3
from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.commands.presser import asker, base36, may_press, not_yours, put
from bot.commands.privately import person_of
from bot.locales import thousands
from bot.message import Button, Message
from bot.store import forgetting

FORGET = "x"
# What a button deletes: everything of a private chat, a group, one's own things; or nothing.
_ALL, _CHAT, _OWN, _NOTHING = "a", "c", "m", "n"
# A question that stood there for longer was forgotten itself, and pressed by mistake.
_LIFE = dt.timedelta(days=1)


async def forget(asking: Asking) -> Sequence[Message]:
    """Say what would be deleted, and ask."""
    address = asking.request.address
    known = await asking.store.read(forgetting.kept_of_chat, address.platform, address.chat_id)
    own = await asking.store.read(forgetting.kept_of_person, person_of(asking))
    if not known and not own:
        return asking.say(
            asking.gettext("I keep nothing of you or this chat. /privacy says what I would keep, and why."), private=True
        )
    if asking.in_private:
        everything = _button(asking, asking.gettext("Delete everything"), _ALL, row=0)
        return [_question(asking, [*_chats_things(asking, known), *_own_things(asking, own)], [everything])]
    of_chat = known and await asking.request.may_change()
    if not of_chat and not own:
        return asking.say(
            asking.gettext("I keep nothing of you. What I keep of this chat, only its admins can have deleted."),
            private=True,
        )
    things, buttons = [], []
    if of_chat:
        things.append(
            asking.gettext(
                "Of this chat, with all its topics: the subscription, its settings, and which days were sent. "
                "Messages stay."
            )
        )
        buttons.append(_button(asking, asking.gettext("Delete what is kept of this chat"), _CHAT, row=0))
    if own:
        things += _own_things(asking, own)
        buttons.append(_button(asking, asking.gettext("Delete what is kept of me"), _OWN, row=1))
    return [_question(asking, things, buttons)]


async def forgotten(asking: Asking) -> Sequence[Message]:
    """A pressed answer to the question; `arguments` are what to delete, who was asked, and when."""
    what, _, rest = asking.arguments.partition(":")
    owner, _, at = rest.partition(":")
    if not _is_fresh(at, asking.now):
        return asking.say(asking.gettext("That question is too old. /forget asks again."), private=True)
    # An admin may answer for a chat, but for nobody's own things.
    if owner != asker(asking) and (what == _OWN or not await may_press(asking, owner)):
        return not_yours(asking)
    if what == _NOTHING:
        return await put(asking, _said(asking.gettext("Nothing was deleted.")))
    if what == _OWN:
        await asking.store.write(forgetting.forget_person, person_of(asking))
        return await put(asking, _said(asking.gettext("Deleted. I keep nothing of you any more.")))
    if what == _CHAT and await asking.request.may_change():
        await asking.store.write(_forget_chat, asking)
        return await put(
            asking, _said(asking.gettext("Deleted. I keep nothing of this chat any more; /subscribe begins anew."))
        )
    if what == _ALL and asking.in_private:
        await asking.store.write(_forget_all, asking)
        return await put(
            asking,
            _said(
                asking.gettext("Deleted. I keep nothing of you and this chat any more."),
                asking.gettext("The messages above are yours: delete them here if you like. /start begins anew."),
            ),
        )
    return asking.say(asking.gettext("Only this chat's admins can have that deleted."), private=True)


def _question(asking: Asking, things: Sequence[str], buttons: Sequence[Button]) -> Message:
    return Message(
        heading=asking.gettext("Delete what I keep?"),
        bullets=tuple(things),
        footer=asking.gettext("This cannot be undone."),
        buttons=(*buttons, _button(asking, asking.gettext("Delete nothing"), _NOTHING, row=2)),
        private=True,
    )


def _chats_things(asking: Asking, kept: forgetting.KeptOfChat) -> list[str]:
    """What there is of a private chat, a line each."""
    if kept.known and not kept.subscription:
        return [asking.gettext("This chat's name and language")]
    lines = {
        asking.gettext("This chat's subscription and settings"): kept.subscription,
        asking.gettext("Which days it was sent"): kept.days,
    }
    return [line for line, there in lines.items() if there]


def _own_things(asking: Asking, kept: forgetting.KeptOfPerson) -> list[str]:
    """What there is of a person, a line each."""
    count = kept.saved
    lines = {
        asking.ngettext(
            "Your saved paper", "Your {count} saved papers", count, count=thousands(count, asking.language)
        ): count,
        asking.gettext("Which summaries you reported"): kept.reports,
        asking.gettext("What /random showed you last"): kept.random,
    }
    return [line for line, there in lines.items() if there]


def _button(asking: Asking, label: str, what: str, *, row: int) -> Button:
    minutes = base36(int(asking.now.timestamp()) // 60)
    return Button(label, action=f"{FORGET}:{what}:{asker(asking)}:{minutes}", row=row)


def _is_fresh(at: str, now: dt.datetime) -> bool:
    if not (at.isascii() and at.isalnum() and len(at) <= 8):
        return False
    age = now.timestamp() - int(at, 36) * 60
    return 0 <= age <= _LIFE.total_seconds()


def _said(*paragraphs: str) -> Message:
    return Message(paragraphs=paragraphs, private=True)


def _forget_chat(connection: sqlite3.Connection, asking: Asking) -> None:
    request = asking.request
    titles = (request.title,) if not asking.in_private else ()
    forgetting.forget_chat(connection, request.address.platform, request.address.chat_id, titles=titles)


def _forget_all(connection: sqlite3.Connection, asking: Asking) -> None:
    _forget_chat(connection, asking)
    forgetting.forget_person(connection, person_of(asking))
