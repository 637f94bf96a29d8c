"""ALLOWED_CHATS in the store: nothing is planned or taken for other chats, and nothing of theirs is lost."""

import datetime as dt

import pytest

from bot.clock import to_text
from bot.delivery.subscribing import subscribe
from bot.model import Address, Choice
from bot.settings import Settings
from bot.store import deliveries, delivery_counts, planning, selections
from bot.store.allowed import allow_only, includes
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, order, put_chat, put_day
from tests.unit.store import planned_rows

DAY = day("2024-03-28")
DUE = NOW + dt.timedelta(days=1)
CHATS = (("7", ""), ("-100", ""), ("-100", "5"), ("-200", "5"))


@pytest.fixture
def targets():
    """The targets by their addresses, as people write them."""
    return {}


@pytest.fixture
def connection(tmp_path, targets):
    with new_store(tmp_path / "store.db") as store:
        connection = store._writer
        put_day(connection, "2024-03-28")
        for number, topic in CHATS:
            chat = put_chat(connection, number, topic=topic)
            subscribe(connection, chat, order(), now=NOW, settle_hour=12)
            targets[str(chat.address)] = chat.target_id
        yield connection


def named(*written):
    return [Address(*(one.replace("/", ":").split(":"))) for one in written]


EVERYBODY = {"telegram:7", "telegram:-100", "telegram:-100/5", "telegram:-200/5"}
RULES = [
    ((), EVERYBODY),
    (("telegram:7",), {"telegram:7"}),
    (("telegram:-100",), {"telegram:-100", "telegram:-100/5"}),
    (("telegram:-100/5",), {"telegram:-100/5"}),
    (("telegram:-100/1",), {"telegram:-100"}),  # a forum's General, of which Telegram says no topic
    (("discord:7",), set()),
]


@pytest.mark.parametrize(("written", "expected"), RULES)
def test_nothing_is_planned_for_others_whatever_is_planned(connection, targets, written, expected):
    allow_only(connection, named(*written))
    ids = {targets[one] for one in expected}
    assert set(planning.due(connection, DUE, 10)) == ids
    assert set(planning.without(connection, DAY, after=0, limit=10)) == ids
    planned_rows.plan_waiting(connection, [(one, DAY.isoformat(), to_text(DUE)) for one in targets.values()], now=NOW)
    assert set(planning.waiting_for(connection, DAY, after=0, limit=10)) == ids


@pytest.mark.parametrize(("written", "expected"), RULES)
def test_nothing_that_was_planned_for_others_is_taken_or_counts_as_left(connection, targets, written, expected):
    frozen, _ = selections.freeze(
        connection, selections.DeliverableDay(DAY, 1), Choice(), "", [{"kind": "heading"}] * 3, now=NOW
    )
    rows = [(one, DAY.isoformat(), frozen, 3, to_text(NOW)) for one in targets.values()]
    planned_rows.plan_ready(connection, rows, now=NOW)
    allow_only(connection, named(*written))
    until = NOW + dt.timedelta(minutes=1)
    taken = deliveries.claim(connection, "me", ("telegram",), now=NOW, until=until, limit=10)
    assert {str(one.address) for one in taken} == expected
    assert sum(delivery_counts.open_by_platform(connection, 100, None).values()) == len(expected)


@pytest.mark.parametrize(("written", "expected"), RULES)
def test_people_are_answered_by_the_same_rule(written, expected):
    addresses = named(*EVERYBODY)
    assert {str(one) for one in addresses if includes(named(*written), one)} == expected


def test_what_is_no_longer_named_is_forgotten_and_everybody_is_served_again(connection, targets):
    allow_only(connection, named("telegram:7"))
    allow_only(connection, named("telegram:-200"))
    assert planning.due(connection, DUE, 10) == [targets["telegram:-200/5"]]
    allow_only(connection, ())
    assert len(planning.due(connection, DUE, 10)) == len(EVERYBODY)


def test_the_operators_own_chats_are_served_too_but_limit_nothing_by_themselves():
    one, admin = named("telegram:7", "telegram:8")
    assert Settings(allowed_chats=(one,), admin_chats=(admin,)).served_chats == (one, admin)
    assert Settings(admin_chats=(admin,)).served_chats == ()
