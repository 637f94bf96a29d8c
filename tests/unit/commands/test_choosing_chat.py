"""Channels and topics by their admin from a private chat."""

from dataclasses import replace

import pytest

from bot.commands.choosing_chat import named_chat
from bot.model import Address, ChatKind, Filters
from bot.ports import Request
from tests.unit.commands.conftest import GROUP, no
from tests.unit.commands.taps import tapping

CHANNEL = Address("telegram", "-1001234567890")
TOPIC = Address("telegram", "-1001234567890", "17")


class Platform:
    """Knows one channel and a topic in it, as long as the asker is an admin there."""

    def __init__(self):
        self.admin = True
        self.may_post = True
        self.asked = []

    async def elsewhere(self, name):
        self.asked.append(name)
        address = {"@papers": CHANNEL, CHANNEL.chat_id: CHANNEL, f"{CHANNEL.chat_id}/17": TOPIC}.get(name)
        if address is None or not self.admin:
            return None

        async def may_post():
            return self.may_post

        async def reply(message):
            raise AssertionError("an answer belongs where it was asked")

        return Request(
            address=address, kind=ChatKind.CHANNEL, text="", reply=reply, title="Papers of ours", may_post=may_post
        )


@pytest.fixture
def platform():
    return Platform()


@pytest.fixture
async def admin(scene, platform):
    await scene.fetched("2024-03-28")
    ask = scene.ask

    async def ask_with(text, **changes):
        return await ask(text, **({"elsewhere": platform.elsewhere} | changes))

    scene.ask = ask_with
    return scene


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@papers 09:00 Seoul", ("@papers", "09:00 Seoul")),
        ("09:00 @papers Seoul", ("@papers", "09:00 Seoul")),
        ("-1001234567890/17", ("-1001234567890/17", "")),
        ("<#123456789012345678> off", ("<#123456789012345678>", "off")),
        ("t.me/papers/4 robots", ("t.me/papers/4", "robots")),
        ("robots -video", ("", "robots -video")),
        ("09:00 UTC-9", ("", "09:00 UTC-9")),
        ("20240328", ("", "20240328")),
        ("author:@he", ("", "author:@he")),
    ],
)
def test_the_name_of_a_chat_is_told_from_other_words(text, named):
    assert named_chat(text) == named


async def test_a_channel_is_subscribed_changed_and_ended_from_the_private_chat(admin):
    words = await admin.words("/subscribe @papers 08:00 London")
    assert "Papers of ours is subscribed" in words
    order = admin.chat(CHANNEL).subscription
    assert (order.active, order.time_zone) == (True, "Europe/London")
    assert admin.chat() is None
    assert "With one of: robots" in await admin.words("/filter @papers robots")
    assert admin.chat(CHANNEL).subscription.filters == Filters(having=("robots",))
    assert "Paused" in await admin.words("/pause @papers 2 weeks")
    assert "The pause is over." in await admin.words("/resume @papers")
    assert "Unsubscribed" in await admin.words("/unsubscribe @papers")
    assert not admin.chat(CHANNEL).subscription.active


async def test_a_topic_has_settings_of_its_own(admin):
    await admin.ask("/subscribe -1001234567890/17 08:00")
    assert admin.chat(TOPIC).subscription.active
    assert admin.chat(CHANNEL) is None


async def test_the_steps_and_the_panel_speak_of_the_channel(admin, platform):
    taps = await tapping(admin, "/subscribe @papers")
    assert "Papers of ours is subscribed" in taps.words()
    await taps.tap("한국어")
    assert admin.chat(CHANNEL).language == "ko"
    # The admin's own language stays.
    assert "At which hour?" in taps.words()
    assert "type a city" not in taps.words()
    await taps.tap("18:00")
    await taps.tap("Done")
    await taps.tap("Settings")
    assert "Settings of Papers of ours" in taps.words()
    assert "Language: Korean" in taps.words()
    await taps.tap("Filters")
    await taps.tap("Topics")
    (video,) = [label for label in taps.labels() if label.startswith("Video (")]
    await taps.tap(video)
    assert admin.chat(CHANNEL).subscription.filters == Filters(having=("video",))
    assert admin.chat(CHANNEL).subscription.local_time.hour == 18
    assert all(button.acts for button in taps.message.buttons)
    assert admin.chat() is None
    assert set(platform.asked[1:]) == {CHANNEL.chat_id}


async def test_a_button_of_one_who_is_no_admin_any_more_does_nothing(admin, platform):
    taps = await tapping(admin, "/settings @papers")
    platform.admin = False
    await taps.press(taps.action("Subscribe"))
    assert "not an admin there any more" in taps.notices[-1]
    assert admin.chat(CHANNEL) is None


async def test_where_the_bot_may_not_post_the_missing_right_is_named(admin, platform):
    platform.may_post = False
    assert "make me an admin who may post messages" in await admin.words("/subscribe @papers")
    assert admin.chat(CHANNEL) is None


async def test_who_is_no_admin_there_is_told_what_is_needed(admin):
    words = await admin.words("/filter @others robots")
    assert "I cannot do that for @others." in words
    assert "/filter @others robots" in words
    assert admin.chat() is None


async def test_in_a_group_only_that_group_is_spoken_of(admin):
    (message,) = await admin.in_group("/subscribe @papers 09:00")
    assert "Here I speak only of this chat." in message.paragraphs[0]
    assert (admin.chat(GROUP), admin.chat(CHANNEL)) == (None, None)


async def test_a_private_bot_serves_no_channel_that_is_not_allowed(admin):
    settings = admin.settings.model_copy(update={"allowed_chats": (Address("telegram", "1"),)})
    closed = replace(admin, settings=settings)
    closed.ask = admin.ask
    assert "I cannot do that" in "\n".join(
        (await closed.talk.answer(Request(
            address=Address("telegram", "1"), kind=ChatKind.PRIVATE, text="/subscribe @papers", reply=_sent, language="en",
            elsewhere=Platform().elsewhere,
        )))[0].paragraphs
    )  # fmt: skip
    assert closed.chat(CHANNEL) is None


async def test_the_preview_of_a_channel_is_shown_in_private(admin):
    await admin.ask("/subscribe @papers 09:00 Seoul")
    (message,) = await admin.ask("/preview @papers")
    assert "It comes on" in message.paragraphs[0]
    assert len(message.entries) == 10
    (message,) = await admin.ask("/preview @papers", may_change=no)
    assert message.entries


async def _sent(message):
    raise AssertionError(message)


async def test_every_answer_about_a_channel_names_it_and_no_command_that_would_change_the_private_chat(admin):
    begun = await admin.words("/subscribe @papers 09:00 Seoul")
    assert "Papers of ours" in begun
    for text in ("/subscribe @papers 10:00", "/pause @papers 2 weeks", "/resume @papers", "/settings @papers votes 5",
                 "/preview @papers", "/unsubscribe @papers", "/unsubscribe @papers", "/pause @papers", "/settings @papers",
                 f"/settings {CHANNEL.chat_id}/17"):  # fmt: skip
        words = await admin.words(text)
        assert words.split("\n")[0].startswith(("Papers of ours", "Settings of Papers of ours")), text
        assert "/subscribe" not in words, text
        assert "/filter" not in words, text
    assert "Papers of ours/17" in words
