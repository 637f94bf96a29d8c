"""/history: the list days that a chat was sent, how each ended, and the papers of one."""

from bot.clock import to_text
from bot.model import Choice, DeliveryState
from bot.store import deliveries, selections
from tests.unit.commands.conftest import GROUP, NOW, PERSON, Scene, all_words
from tests.unit.delivery.scene import day, ids_of, put_chat, put_day
from tests.unit.store import planned_rows

TEN = ids_of("2024-03-28")


def send(scene: Scene, text: str, messages: int, *, items=None, chat_id: str = "1") -> int:
    """A delivery of a day to a chat, of which so many messages have arrived; gives its number."""

    def put(connection):
        chat = put_chat(connection, chat_id)
        put_day(connection, text)
        held = items or [{"kind": "heading", "shown": 10}, *({"kind": "paper", "id": one} for one in ids_of(text))]
        selection, _ = selections.freeze(connection, selections.DeliverableDay(day(text), 1), Choice(), "", held, now=NOW)
        row = (chat.target_id, text, selection, len(held), to_text(NOW))
        planned_rows.plan_ready(connection, [row], now=NOW)
        (one,) = deliveries.claim(connection, "me", ["telegram"], now=NOW, until=NOW, limit=1, only=chat.target_id)
        for number in range(messages):
            held_now = deliveries.held(connection, one.id, "me")
            assert held_now is not None
            deliveries.record(connection, held_now, external_id=str(number), now=NOW)
        return int(one.id)

    return int(scene.store.write_now(put))


def ends(scene: Scene, delivery_id: int, state: DeliveryState) -> None:
    scene.store.write_now(
        lambda connection: connection.execute("UPDATE delivery SET state = ? WHERE id = ?", (state, delivery_id))
    )


async def test_a_chat_without_digests_is_told_how_to_get_them(scene: Scene):
    words = await scene.words("/history")
    assert "Nothing was sent here yet." in words
    assert "/subscribe" in words
    assert scene.chat() is None


async def test_a_subscribed_chat_without_digests_is_told_when_the_first_comes(scene: Scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/subscribe 09:00 Seoul")
    words = await scene.words("/history")
    assert "Subscribed; the next digest comes on Fri, Mar 29, 09:00 (Seoul time)." in words
    assert "/subscribe brings" not in words


async def test_days_come_newest_first_with_what_came_of_them(scene: Scene):
    send(scene, "2024-03-27", 11)
    send(scene, "2024-03-28", 4)
    (page,) = await scene.ask("/history")
    assert (page.heading, page.paragraphs) == ("What this chat was sent", ("2 days",))
    assert [(entry.title, entry.facts) for entry in page.entries] == [
        ("2024-03-28 (Thu)", "3 papers · on its way"),
        ("2024-03-27 (Wed)", "10 papers · 2024-03-29 05:00"),  # where the chat is
    ]


async def test_a_day_opens_the_papers_that_came_of_it_and_leads_back(scene: Scene):
    send(scene, "2024-03-28", 4)
    (page,) = await scene.ask("/history")
    action = page.buttons[0].action
    (opened,) = await scene.ask("", action=action)
    assert opened.heading == "What came of 2024-03-28 (Thu)"
    assert [entry.link.rsplit("/", 1)[1] for entry in opened.entries] == list(TEN[:3])
    (back,) = [button for button in opened.buttons if button.label == "‹ All days"]
    assert all_words(await scene.ask("", action=back.action)) == all_words([page])


async def test_a_compact_list_counts_its_papers(scene: Scene):
    send(scene, "2024-03-28", 1, items=[{"kind": "list", "ids": list(TEN), "part": 1, "parts": 1}])
    (page,) = await scene.ask("/history")
    assert page.entries[0].facts.startswith("10 papers · ")


async def test_each_end_has_its_words(scene: Scene):
    delivery = send(scene, "2024-03-28", 4)
    for state, words in {
        DeliveryState.PARKED: "3 papers · broken off: this chat could not be reached",
        DeliveryState.FAILED: "3 papers · broken off",
        DeliveryState.SKIPPED: "3 papers · left out",
        DeliveryState.WAITING: "not there yet",
    }.items():
        ends(scene, delivery, state)
        (page,) = await scene.ask("/history")
        assert page.entries[0].facts == words


async def test_a_day_of_another_chat_is_not_shown(scene: Scene):
    send(scene, "2024-03-28", 4, chat_id="2")
    send(scene, "2024-03-27", 4)
    words = all_words(await scene.ask("", action="p:hd:0::2024-03-28", address=PERSON))
    assert "Nothing of that day came here." in words
    assert "Nothing of that day" in all_words(await scene.ask("", action="p:hd:0::nonsense", address=PERSON))
    assert "Nothing was sent here yet." in all_words(await scene.in_group("/history", address=GROUP))
