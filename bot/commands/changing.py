"""Changes a chat's settings, by words or by buttons, and says what has changed."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.commands import setting_texts
from bot.commands.asking import Asking
from bot.delivery import subscribing
from bot.delivery.subscribing import Subscribed
from bot.locales import LANGUAGES
from bot.model import Chat, Subscription
from bot.store import chats


@dataclass(frozen=True, slots=True)
class Changed:
    """The result: the question with the chat as it is now, a line for each change, and when the next digest comes."""

    asking: Asking
    lines: list[str]
    coming: str


# What an order becomes; asked inside the transaction, for two admins may change two settings at once.
Decide = Callable[[Subscription], Subscription]


async def change(asking: Asking, decide: Decide) -> Changed:
    """Change the settings of the chat, which may be one that is not subscribed."""
    before, subscribed = await asking.store.write(_change, asking, decide)
    order = subscribed.chat.subscription
    assert order is not None
    lines = setting_texts.changes(
        asking,
        setting_texts.values(asking, before, asking.language),
        setting_texts.values(asking, order, asking.language),
    )
    coming = (
        setting_texts.next_digest(asking, subscribed)
        if order.active
        else asking.gettext("This chat is not subscribed; /subscribe begins it.")
    )
    return Changed(replace(asking, chat=subscribed.chat), lines, coming)


async def change_language(asking: Asking, language: str) -> Asking:
    """Change the chat's language; gives the question in it, for what is said now is said in what was chosen."""
    chat = await asking.store.write(_set_language, asking, language)
    if asking.elsewhere:
        # Somebody who changes a channel's language keeps their own.
        return replace(asking, chat=chat)
    return replace(asking, chat=chat, language=language)


def chat_language(asking: Asking) -> str:
    """The language of the chat's digests."""
    return asking.chat.language if asking.elsewhere and asking.chat is not None else asking.language


def speaks(language: str) -> bool:
    """Whether the interface speaks this language; in others there are only summaries."""
    return language in LANGUAGES


def ensured(connection: sqlite3.Connection, asking: Asking) -> Chat:
    """The row of the chat that asks, created if it is new."""
    request = asking.request
    return chats.ensure_chat(
        connection, request.address, kind=request.kind, title=request.title, language=asking.language, now=asking.now
    )


def _set_language(connection: sqlite3.Connection, asking: Asking, language: str) -> Chat:
    chats.set_language(connection, ensured(connection, asking).target_id, language)
    return ensured(connection, asking)


def _change(connection: sqlite3.Connection, asking: Asking, decide: Decide) -> tuple[Subscription, Subscribed]:
    chat = ensured(connection, asking)
    before = chat.subscription or asking.order
    wanted = decide(before)
    return before, subscribing.change(connection, chat, wanted, now=asking.now, settle_hour=asking.settings.settle_hour_utc)
