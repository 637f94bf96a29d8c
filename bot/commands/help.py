"""/start and /help, and what is said to words that are no command."""

import sqlite3
from collections.abc import Callable, Sequence

from bot.commands import operating, papers, setting_views, wizard
from bot.commands.asking import Asking
from bot.commands.changing import ensured
from bot.commands.command_line import nearest_command
from bot.commands.faults import quoted
from bot.commands.listing import Lead, leading
from bot.commands.menu import DESCRIPTIONS, USAGE, Translate
from bot.message import Button, Message
from bot.store import chats

# As /help shows them.
GROUPS: tuple[tuple[Callable[[Translate], str], tuple[str, ...]], ...] = (
    (lambda gettext: gettext("New papers"), ("today", "yesterday", "day", "top", "trending", "trends", "random")),
    (lambda gettext: gettext("Find papers"), ("search", "paper", "similar", "author")),
    (
        lambda gettext: gettext("Get them every day"),
        ("subscribe", "unsubscribe", "settings", "filter", "preview", "pause", "resume", "history"),
    ),
    (lambda gettext: gettext("Keep them"), ("save", "unsave", "saved", "cite")),
    (lambda gettext: gettext("This bot"), ("start", "help", "privacy", "forget")),
)


async def start(asking: Asking) -> Sequence[Message]:
    """Greet. The chat is kept from now on, and wakes when it was parked."""
    woken = await asking.store.write(_woken, asking)
    subscribed = asking.chat is not None and asking.chat.subscription is not None and asking.chat.subscription.active
    ways = (
        Button(asking.gettext("Settings"), action=setting_views.action(asking, setting_views.MAIN))
        if subscribed
        else Button(
            asking.gettext("Subscribe"), action=setting_views.action(asking, wizard.LANGUAGE, setting_views.SUBSCRIBE)
        ),
    )
    if woken and subscribed:
        state = asking.gettext("Welcome back. This chat is still subscribed, and its digests come again.")
    elif subscribed:
        state = asking.gettext("This chat is subscribed; /settings shows when its digest comes.")
    else:
        state = asking.gettext("/subscribe brings them here every day, /today shows the newest now.")
    return [
        Message(
            heading="Daily Papers",
            paragraphs=(
                asking.gettext(
                    "I bring the papers of Hugging Face's Daily Papers: title, picture, votes, authors and a short summary "
                    "of each."
                ),
                state,
            ),
            footer=asking.gettext("/help shows everything that I can do."),
            # Where only admins change that, they know the command.
            buttons=ways if asking.in_private else (),
        )
    ]


def _woken(connection: sqlite3.Connection, asking: Asking) -> bool:
    chat = ensured(connection, asking)
    if asking.in_private:
        # Whoever unblocks a bot unblocks it in every topic.
        return chats.wake_chat(connection, chat.address.platform, chat.address.chat_id) > 0
    # Of a group, only where it was asked: another topic may be gone for good.
    return chats.wake(connection, chat.target_id) and bool(chat.parked)


async def help_(asking: Asking) -> Sequence[Message]:
    """Every command with what it does and an example, by what people come for."""
    groups = [
        "\n".join([f"▸ {label(asking.gettext)}", *(_line(asking, name) for name in names if name in DESCRIPTIONS)])
        for label, names in GROUPS
    ]
    if operating.is_operator(asking.settings, asking.request.address):
        label = asking.gettext("For the operator")
        groups.append("\n".join([f"▸ {label}", *operating.described(asking.gettext)]))
    return [
        Message(
            heading=asking.gettext("What I can do"),
            paragraphs=tuple(groups),
            footer=asking.gettext("In a private chat the id or address of a paper alone is enough."),
            private=not asking.in_private,
        )
    ]


def _line(asking: Asking, name: str) -> str:
    usage = f" {USAGE[name](asking.gettext)}" if name in USAGE else ""
    return f"/{name}{usage} – {DESCRIPTIONS[name](asking.gettext)}"


async def mistyped(asking: Asking, typed: str) -> Sequence[Message]:
    """What to say of a command that there is not."""
    near = nearest_command(typed)
    return asking.say(
        asking.gettext("There is no command /{command}.", command=quoted(typed))
        if typed
        else asking.gettext("A command is missing after the slash."),
        asking.perhaps([f"/{near} {quoted(asking.arguments)}".strip()] if near else ()),
        asking.gettext("/help shows all commands."),
        private=True,
    )


async def free_text(asking: Asking) -> Sequence[Message]:
    """What to say of words that are no command: a search for them is offered."""
    words = " ".join(asking.request.text.split()[: papers.SEARCHED_WORDS])
    sentences = (
        asking.gettext("I understand commands, dates, and the ids and addresses of papers."),
        asking.gettext("/help shows all commands."),
    )
    if not any(ch.isalnum() for ch in words):
        return asking.say(*sentences, private=True)
    lead = Lead(kind=papers.SEARCH, arguments=words, label=f"🔎 {quoted(words)}")
    return [Message(paragraphs=sentences, buttons=(await leading(asking, lead),), private=True)]
