"""/preview: the next digest as its list stands now."""

import datetime as dt

from bot.delivery import plan
from bot.ports import Sent
from tests.unit.commands.conftest import GROUP, all_words


async def test_the_next_digest_is_shown_with_when_it_comes(scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/subscribe 09:00 Seoul")
    (message,) = await scene.ask("/preview")
    assert message.private
    assert message.heading == "Preview · 2024-03-28 (Thu)"
    assert "It comes on Fri, Mar 29, 09:00 (Seoul time)" in message.paragraphs[0]
    assert len(message.entries) == 10


async def test_filters_number_and_votes_count(scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/subscribe 09:00 Seoul")
    await scene.ask("/filter resolution top:1")
    (message,) = await scene.ask("/preview")
    assert [entry.title for entry in message.entries] == ["ViTAR: Vision Transformer with Any Resolution"]
    assert "1 of 10 papers" in message.paragraphs
    await scene.ask("/filter zeppelin")
    assert "The filters leave nothing of it." in await scene.words("/preview")


async def test_after_the_digest_its_list_is_shown_and_called_the_last_one(scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/subscribe 09:00 Seoul")
    later = scene.at("2024-03-29T00:00:30+00:00")
    assert await plan.plan_due(scene.store, now=later.now, settle_hour=12) == 1
    words = await later.words("/preview")
    assert "Its list is not there yet" in words
    assert "Sat, Mar 30, 09:00 (Seoul time)" in words


async def test_who_is_not_subscribed_sees_what_would_come(scene):
    await scene.fetched("2024-03-28")
    words = await scene.words("/preview")
    assert "This chat is not subscribed" in words
    assert "ViTAR" in words
    assert scene.chat() is None


async def test_without_any_list_there_is_nothing_to_show(scene):
    assert "No list of papers has been fetched yet" in await scene.words("/preview")


async def test_pages_are_turned(scene):
    scene = scene.at("2024-03-27T20:00:00+00:00")
    await scene.fetched("2024-03-27")
    (first,) = await scene.ask("/preview")
    (turn,) = [button.action for button in first.buttons if button.label == "›"]
    (second,) = await scene.ask("", action=turn)
    assert (first.entries[0].number, second.entries[0].number) == (1, 11)


async def test_of_a_group_it_goes_into_the_private_chat_of_who_asked(scene):
    await scene.fetched("2024-03-28")
    await scene.in_group("/subscribe")
    alone = []

    async def send(message):
        alone.append(message)
        return Sent("1")

    answer = await scene.in_group("/preview", alone=send, person="7")
    assert "ViTAR" not in all_words(answer)
    assert "ViTAR" in all_words(alone)
    assert not alone[0].buttons
    assert scene.chat(GROUP).subscription.next_due_at == dt.datetime(2024, 3, 29, 0, 0, tzinfo=dt.UTC)
