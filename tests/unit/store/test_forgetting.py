"""After a chat or a person is forgotten, no table holds their number: all tables are walked, those of later schemas too."""

import datetime as dt

import pytest

from bot.clock import to_text
from bot.model import Address, ChatKind, Choice, Paper, Subscription, Summary, SummarySource
from bot.ports import SourcePaper
from bot.store import chats, deliveries, expected, forgetting, pauses, reports, saved, selections, subscriptions
from bot.store.papers import merge_papers
from tests.new_store import new_store
from tests.unit.delivery.scene import NOW, day, put_day
from tests.unit.store import planned_rows

# Numbers and names that stand for nothing else in a store.
CHAT, PERSON, ROOM = "-100777000777", "777888777", "Reading circle seven"
OTHER, STRANGER = "-100555000555", "555666555"
SUMMARY = Summary(language="ko", source=SummarySource.IMPORTED, bullets=("하나.", "둘."))


@pytest.fixture
def connection(tmp_path):
    with new_store(tmp_path / "store.db") as store:
        yield store._writer


def live(connection, chat_id, person, *, room):
    """A chat and a person leave every trace that they can leave."""
    merge_papers(connection, [SourcePaper(paper=Paper(id="2403.00001", title="OtterMap", summaries=(SUMMARY,)))], now=NOW)
    put_day(connection, "2024-03-28")
    selection, _ = selections.find(connection, selections.DeliverableDay(day("2024-03-28"), 1), Choice(), "") or (
        selections.freeze(
            connection, selections.DeliverableDay(day("2024-03-28"), 1), Choice(), "", [{"kind": "heading"}] * 3, now=NOW
        )
    )
    for topic in ("", "5"):
        address = Address("telegram", chat_id, topic)
        chat = chats.ensure_chat(connection, address, kind=ChatKind.GROUP, title=room, language="ko", now=NOW)
        order = Subscription(time_zone="Asia/Seoul", local_time=dt.time(9), active=True, next_due_at=NOW)
        subscriptions.save(connection, chat.target_id, order, now=NOW)
        planned_rows.plan_ready(connection, [(chat.target_id, "2024-03-28", selection, 3, to_text(NOW))], now=NOW)
        pauses.pause(connection, address, now=NOW)
        pauses.resume(connection, address, now=NOW)
        (one,) = deliveries.claim(
            connection, "me", ["telegram"], now=NOW, until=NOW + dt.timedelta(hours=1), limit=1, only=chat.target_id
        )
        held = deliveries.held(connection, one.id, "me")
        assert held is not None
        deliveries.record(connection, held, external_id="1", now=NOW)
        pauses.pause(connection, address, now=NOW)
    expected.expect(connection, Address("telegram", chat_id), now=NOW)
    reports.report(
        connection, "2403.00001", SUMMARY, "mark", language="ko", platform="telegram", person=person, room=room, now=NOW
    )
    who = f"telegram:{person}"
    saved.save(connection, who, "2403.00001", now=NOW)
    connection.execute("INSERT INTO random_paper VALUES (?, '2403.00001')", (who,))


def traces(connection, *words):
    """Where any of `words` stands in the store: `table.column`."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = set()
    for table in tables:
        for row in connection.execute(f'SELECT * FROM "{table}"'):
            found |= {f"{table}.{column}" for column in row.keys() if any(word in str(row[column]) for word in words)}  # noqa: SIM118
    return found


def test_nothing_is_left_of_a_chat_and_its_topics(connection):
    live(connection, CHAT, PERSON, room=ROOM)
    assert traces(connection, CHAT) == {"target.chat_id", "key_value.key"}
    kept = forgetting.kept_of_chat(connection, "telegram", CHAT)
    assert kept == forgetting.KeptOfChat(known=True, subscription=True, days=True)
    assert forgetting.forget_chat(connection, "telegram", CHAT) == 2
    assert not forgetting.kept_of_chat(connection, "telegram", CHAT)
    assert traces(connection, CHAT, ROOM) == set()
    for table in ("subscription", "due", "due_order", "delivery", "delivery_message", "target"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


def test_nothing_is_left_of_a_person(connection):
    live(connection, CHAT, PERSON, room=ROOM)
    assert traces(connection, PERSON) == {"saved.person", "summary_reporter.person", "random_paper.person"}
    kept = forgetting.kept_of_person(connection, f"telegram:{PERSON}")
    assert kept == forgetting.KeptOfPerson(saved=1, reports=True, random=True)
    assert forgetting.forget_person(connection, f"telegram:{PERSON}") == 3
    assert traces(connection, PERSON) == set()
    assert not forgetting.kept_of_person(connection, f"telegram:{PERSON}")


def test_others_stay_as_they_were(connection):
    live(connection, OTHER, STRANGER, room="Another room")
    before = traces(connection, OTHER, STRANGER, "Another room")
    live(connection, CHAT, PERSON, room=ROOM)
    forgetting.forget_chat(connection, "telegram", CHAT)
    forgetting.forget_person(connection, f"telegram:{PERSON}")
    assert traces(connection, OTHER, STRANGER, "Another room") == before
    assert connection.execute("SELECT count(*) FROM delivery").fetchone()[0] == 2
    # What readers reported stays reported.
    assert connection.execute("SELECT count(*) FROM summary_report").fetchone()[0] == 1


def test_a_chat_whose_number_begins_alike_is_another(connection):
    live(connection, CHAT + "1", PERSON, room=ROOM)
    forgetting.forget_chat(connection, "telegram", CHAT)
    forgetting.forget_chat(connection, "discord", CHAT + "1")
    assert traces(connection, CHAT + "1") == {"target.chat_id", "key_value.key"}


def test_every_table_that_names_chats_or_people_is_known_here(connection):
    """A schema to come that adds one has to be forgotten too: bot/store/forgetting.py, and a trace in `live`."""
    naming = {
        (table, column["name"])
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for column in connection.execute(f'PRAGMA table_info("{table}")').fetchall()
        if column["name"] in {"person", "user", "chat_id", "target_id", "address", "room", "owner", "key"}
    }
    assert naming == {
        ("target", "chat_id"), ("subscription", "target_id"), ("due", "target_id"), ("due_order", "target_id"),
        ("delivery", "target_id"), ("saved", "person"),
        ("summary_reporter", "person"), ("summary_report", "room"), ("random_paper", "person"),
        # The adapters' and the program's own small texts, of which the operator's pauses name chats.
        ("key_value", "owner"), ("key_value", "key"),
        # Not of people: who asks a language model, a paper's number.
        ("summary_claim", "owner"), ("paper", "key"),
    }  # fmt: skip
