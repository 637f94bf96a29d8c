"""Days, chats and orders for tests of deliveries, put into a store as the rest of the program puts them."""

import datetime as dt
from dataclasses import replace

from bot.model import Address, ChatKind, ListDayState, Origin, Paper, Subscription
from bot.ports import SourcePaper
from bot.store import chats, list_days, papers

NOW = dt.datetime(2024, 3, 28, 20, 0, tzinfo=dt.UTC)
TEN = tuple(f"2403.183{number:02d}" for number in range(10))


def day(text):
    return dt.date.fromisoformat(text)


def ids_of(text, ids=TEN):
    """`ids` as they are on 2024-03-28, and others on every other day: no paper is new on two days."""
    return ids if text == "2024-03-28" else tuple(f"{text[2:4]}{text[5:7]}.{text[8:]}{one[-3:]}" for one in ids)


def put_day(connection, text, ids=None, *, state=ListDayState.SETTLED, origin=Origin.HUB, now=NOW):
    ids = ids_of(text) if ids is None else ids
    listed = [Paper(id=one, title=f"Paper {one}", upvotes=50 - at, origin=origin) for at, one in enumerate(ids)]
    papers.merge_papers(connection, [SourcePaper(paper=paper) for paper in listed], now=now)
    return list_days.save_list(connection, day(text), listed, origin=origin, state=state, now=now)


def put_chat(connection, chat_id="1", *, platform="telegram", topic="", kind=ChatKind.PRIVATE, language="en"):
    address = Address(platform, chat_id, topic)
    return chats.ensure_chat(connection, address, kind=kind, title="", language=language, now=NOW)


def get_chat(connection, chat):
    found = chats.chat(connection, chat.address)
    assert found is not None
    return found


def get_order(connection, chat):
    found = get_chat(connection, chat).subscription
    assert found is not None
    return found


def order(**changes):
    return replace(Subscription(time_zone="Asia/Seoul", local_time=dt.time(9)), **changes)
