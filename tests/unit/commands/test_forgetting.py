"""/forget and /privacy: asked first, by whom it may be, within a day; and a delivery that is under way ends."""

import pytest

from bot.message import Message
from bot.model import ChatKind
from bot.ports import Outcome, Sent
from bot.store import deliveries, saved
from tests.unit.commands.conftest import GROUP, PERSON, Scene, all_words, no
from tests.unit.commands.test_history import send

VITAR = "2403.18361"


@pytest.fixture
async def reader(scene: Scene) -> Scene:
    await scene.fetched("2024-03-28")
    return scene


async def pressed(scene: Scene, action: str, **changes) -> str:
    """What stands in the place of the question, or what the presser is told."""
    edited: list[Message] = []

    async def edit(message: Message) -> Outcome:
        edited.append(message)
        return Sent("1")

    told = await scene.ask("", action=action, **({"person": "1", "edit": edit} | changes))
    return all_words([*edited, *told])


def action(messages: list[Message], label: str) -> str:
    (found,) = [button.action for message in messages for button in message.buttons if button.label == label]
    return found


async def test_who_is_not_known_has_nothing_to_delete(scene: Scene):
    (answer,) = await scene.ask("/forget", person="1")
    assert "I keep nothing of you or this chat." in answer.paragraphs[0]
    assert answer.buttons == ()


async def test_everything_of_a_private_chat_goes_after_a_question(reader: Scene):
    await reader.ask("/subscribe 09:00 Seoul", person="1")
    await reader.ask(f"/save {VITAR}", person="1")
    question = await reader.ask("/forget", person="1")
    assert question[0].bullets == ("This chat's subscription and settings", "Your saved paper")
    assert "This cannot be undone." in all_words(question)
    assert reader.chat() is not None
    words = await pressed(reader, action(question, "Delete everything"))
    assert words.startswith("Deleted. I keep nothing of you and this chat any more.")
    assert reader.chat() is None
    assert reader.store.read_now(saved.count, "telegram:1") == 0
    # Who comes back is new: owed the newest day alone.
    await reader.ask("/subscribe 09:00 Seoul", person="1")
    chat = reader.chat()
    assert chat is not None
    assert chat.subscription is not None
    assert chat.subscription.active


async def test_nothing_is_deleted_when_that_is_chosen(reader: Scene):
    await reader.ask("/subscribe", person="1")
    question = await reader.ask("/forget", person="1")
    assert await pressed(reader, action(question, "Delete nothing")) == "Nothing was deleted."
    assert reader.chat() is not None


async def test_a_question_of_yesterday_deletes_nothing(reader: Scene):
    await reader.ask("/subscribe", person="1")
    question = await reader.ask("/forget", person="1")
    later = reader.at("2024-03-29T20:01:00Z")
    assert "too old" in await pressed(later, action(question, "Delete everything"))
    assert reader.chat() is not None


@pytest.mark.parametrize("made", ["x", "x:a", "x:a::", "x:a::zzzzzzzzzz", "x:a::é", "x:q::{minutes}", "x:c:0:{minutes}"])
async def test_an_action_that_nobody_was_offered_deletes_nothing(reader: Scene, made: str):
    await reader.in_group("/subscribe", person="1", addressed=True)
    minutes = action(await reader.in_group("/forget", person="1", addressed=True), "Delete nothing").rsplit(":", 1)[1]
    written = made.format(minutes=minutes)
    assert await pressed(reader, written, address=GROUP, kind=ChatKind.GROUP, may_change=no)
    assert reader.chat(GROUP) is not None


async def test_of_a_group_its_admins_delete_everything(reader: Scene):
    await reader.in_group("/subscribe", person="1", addressed=True)
    question = await reader.in_group("/forget", person="1", addressed=True)
    delete = action(question, "Delete what is kept of this chat")
    refused = await pressed(reader, delete, address=GROUP, kind=ChatKind.GROUP, person="2", may_change=no)
    assert "belong to the one who asked" in refused
    # The asker may have ceased to be an admin.
    refused = await pressed(reader, delete, address=GROUP, kind=ChatKind.GROUP, may_change=no)
    assert refused == "Only this chat's admins can have that deleted."
    assert reader.chat(GROUP) is not None
    # Another admin may answer.
    words = await pressed(reader, delete, address=GROUP, kind=ChatKind.GROUP, person="3")
    assert words.startswith("Deleted. I keep nothing of this chat any more")
    assert reader.chat(GROUP) is None


async def test_in_a_group_anybody_deletes_their_own_things_and_nobody_elses(reader: Scene):
    await reader.in_group("/subscribe", person="1", addressed=True)
    for person in ("2", "3"):
        await reader.in_group(f"/save {VITAR}", person=person, addressed=True)
    question = await reader.in_group("/forget", person="2", addressed=True, may_change=no)
    labels = [button.label for button in question[0].buttons]
    assert labels == ["Delete what is kept of me", "Delete nothing"]
    own = action(question, "Delete what is kept of me")
    refused = await pressed(reader, own, address=GROUP, kind=ChatKind.GROUP, person="3")
    assert "belong to the one who asked" in refused
    words = await pressed(reader, own, address=GROUP, kind=ChatKind.GROUP, person="2", may_change=no)
    assert words == "Deleted. I keep nothing of you any more."
    assert [reader.store.read_now(saved.count, f"telegram:{person}") for person in ("2", "3")] == [0, 1]
    assert reader.chat(GROUP) is not None


async def test_who_may_delete_nothing_is_told_who_may(reader: Scene):
    await reader.in_group("/subscribe", person="1", addressed=True)
    (answer,) = await reader.in_group("/forget", person="2", addressed=True, may_change=no)
    assert "only its admins" in answer.paragraphs[0]
    assert answer.buttons == ()


async def test_a_delivery_that_is_under_way_ends(reader: Scene):
    delivery_id = send(reader, "2024-03-27", 3)
    assert reader.store.read_now(deliveries.held, delivery_id, "me") is not None
    question = await reader.ask("/forget", person="1")
    await pressed(reader, action(question, "Delete everything"))
    assert reader.store.read_now(deliveries.held, delivery_id, "me") is None


async def test_privacy_says_what_is_kept_in_each_language(scene: Scene):
    (answer,) = await scene.ask("/privacy")
    assert answer.heading == "What I keep, and why"
    assert any("30 days" in line for line in answer.bullets)
    assert "/forget" in answer.footer
    headings = set()
    for language in ("ko", "ja", "zh-Hans"):
        (answer,) = await scene.ask("/privacy", language=language)
        headings.add(answer.heading)
        assert "/forget" in answer.footer
        assert len(answer.bullets) == 6
    assert len(headings) == 3
    assert scene.chat(PERSON) is None


async def test_only_what_there_is_is_named(reader: Scene):
    async def named(person: str = "1") -> tuple[str, ...]:
        (answer,) = await reader.ask("/forget", person=person)
        return answer.bullets

    await reader.ask("/start")
    assert await named() == ("This chat's name and language",)
    await reader.ask(f"/save {VITAR}", person="1")
    await reader.ask("/random", person="1")
    assert await named() == ("This chat's name and language", "Your saved paper", "What /random showed you last")
    await reader.ask("/subscribe", person="1")
    assert await named("2") == ("This chat's subscription and settings",)
    send(reader, "2024-03-27", 3)
    assert await named("2") == ("This chat's subscription and settings", "Which days it was sent")
    (answer,) = await reader.in_group("/forget", person="2", addressed=True)
    assert answer.buttons == ()
