"""/start and /help, and what is said to words that are not a command."""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.commands import operating, papers, setting_views, wizard
from bot.commands.asking import Asking
from bot.commands.changing import ensured
from bot.commands.command_line import ALIASES, nearest_command, read_bare_command
from bot.commands.courtesies import is_courtesy
from bot.commands.faults import quoted
from bot.commands.listing import Lead, Page, leading, listed, pages
from bot.commands.menu import DESCRIPTIONS, USAGE, Translate
from bot.commands.orders import Order, read_order
from bot.message import Button, Message
from bot.model import TERMINAL
from bot.search.text import is_hangul
from bot.store import chats

HELP = "?"
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
    newest = asking.running((asking.gettext("The newest papers"), "/today"))
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
            buttons=(*(ways if asking.in_private else ()), *newest),
        )
    ]


def _woken(connection: sqlite3.Connection, asking: Asking) -> bool:
    chat = ensured(connection, asking)
    if asking.in_private:
        # Whoever unblocks a bot unblocks it in every topic.
        return chats.wake_chat(connection, chat.address.platform, chat.address.chat_id) > 0
    # In a group only the topic where it was sent wakes up: another may be gone for good.
    return chats.wake(connection, chat.target_id) and bool(chat.parked)


async def help_(asking: Asking) -> Sequence[Message]:
    """Every command on one screen of a phone, each group of them described behind a button; or all of one command."""
    if asking.arguments:
        named = read_bare_command(asking.arguments)
        name = named.name if named is not None else nearest_command(asking.arguments.split()[0])
        if name:
            return [await _of_command(asking, name)]
    if asking.request.address.platform != TERMINAL:
        return await listed(asking, HELP)
    # A terminal has room, and scrolls back.
    groups = [_described(asking, number) for number in range(len(GROUPS))]
    return [
        Message(
            heading=asking.gettext("What I can do"),
            paragraphs=(*groups, *_of_operators(asking)),
            footer=_footer(asking),
        )
    ]


@pages(HELP)
async def overview(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    """The names of all commands, or what those of one group do; `arguments` is the group's number."""
    del offset, count
    group = range(len(GROUPS)).index(int(arguments)) if arguments else None
    every = [*(_named(asking, number) for number in range(len(GROUPS))), *_of_operators(asking)]
    paragraphs = every if group is None else [_described(asking, group)]
    leads = [
        Lead(kind=HELP, arguments=str(number), label=label(asking.gettext))
        for number, (label, _) in enumerate(GROUPS)
        if number != group
    ]
    if group is not None:
        leads.append(_all_commands(asking))
    return Page(
        heading=asking.gettext("What I can do"),
        paragraphs=tuple(paragraphs),
        footer=_footer(asking),
        leads=[replace(lead, row=place // 2) for place, lead in enumerate(leads)],
        private=not asking.in_private,
    )


def _all_commands(asking: Asking) -> Lead:
    return Lead(kind=HELP, label=asking.gettext("↩ All commands"))


def _named(asking: Asking, group: int) -> str:
    label, names = GROUPS[group]
    return f"▸ {label(asking.gettext)}\n{'  '.join(f'/{name}' for name in names)}"


def _described(asking: Asking, group: int) -> str:
    label, names = GROUPS[group]
    return "\n".join([f"▸ {label(asking.gettext)}", *(_line(asking, name) for name in names)])


def _of_operators(asking: Asking) -> list[str]:
    if not operating.is_operator(asking.settings, asking.request.address):
        return []
    label = asking.gettext("For the operator")
    return ["\n".join([f"▸ {label}", *operating.described(asking.gettext)])]


def _footer(asking: Asking) -> str:
    alone = asking.gettext("In a private chat an id, an address, a day or words to search for are enough.")
    return "\n".join((asking.gettext("{example} tells more of one command.", example="/help search"), alone))


async def _of_command(asking: Asking, name: str) -> Message:
    """One command: what it does, how it is written, and its other names as the chat's language writes them."""
    closer = asking.gettext("Closer: {examples}", examples=" · ".join(papers.OPERATORS)) if name == "search" else ""
    others = " · ".join(f"/{word}" for word in ALIASES[name] if _is_written_so(word, asking.language))
    example = f"/{name} {USAGE[name](asking.gettext)}" if name in USAGE else ""
    return Message(
        heading=f"/{name}",
        paragraphs=tuple(filter(None, (DESCRIPTIONS[name](asking.gettext), example, closer))),
        footer=asking.gettext("Also: {names}", names=others) if others else "",
        buttons=(await leading(asking, _all_commands(asking)),),
        private=not asking.in_private,
    )


def _is_written_so(word: str, language: str) -> bool:
    if word.isascii():
        return word.isalpha()
    return language != "en" and is_hangul(word) == (language == "ko")


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
        asking.gettext("/help shows all commands."),
        offers=[f"/{near} {quoted(asking.arguments)}".strip()] if near else (),
        private=True,
    )


async def free_text(asking: Asking) -> Sequence[Message]:
    """What to say of words that are no command: the papers that hold them, or that none does; or what is understood."""
    words = " ".join(asking.request.text.split()[: papers.SEARCHED_WORDS])
    order = read_order(words)
    hour = isinstance(order, Order) and order.time is not None and not words.isdigit()
    # Of an address that is no paper's nothing stands in papers, and nobody looks for `thanks`.
    sought = len(words) > 1 and "://" not in words and not hour and any(ch.isalnum() for ch in words)
    if sought and not is_courtesy(words):
        (found,) = await listed(asking, papers.SEARCH, words)
        if found.entries:
            return [found]
        return [replace(found, paragraphs=(*found.paragraphs, asking.gettext("/help shows all commands.")))]
    return asking.say(
        asking.gettext("I understand commands, dates, ids and addresses of papers, and words to search for."),
        asking.gettext("/help shows all commands."),
        private=True,
        offers=[f"/subscribe {words}"] if hour else (),
    )
