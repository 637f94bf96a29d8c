"""/filter, its panel, "less like this", and what digests they make."""

import pytest

from bot.model import ChatKind, Filters
from tests.unit.commands.conftest import GROUP, no
from tests.unit.commands.taps import Tapping, tapping

VITAR = "2403.18361"


@pytest.fixture
async def reader(scene):
    await scene.fetched("2024-03-28")
    await scene.ask("/subscribe 09:00 Seoul")
    return scene


def filters_of(scene, address=None):
    chat = scene.chat() if address is None else scene.chat(address)
    return chat.subscription.filters


async def test_filters_are_set_and_shown_with_what_they_leave(reader):
    words = await reader.words('/filter resolution, "gaussian splatting" -video votes:>3 top:5')
    assert 'With one of: resolution, "gaussian splatting"' in words
    assert "Without: video" in words
    assert "Least votes: 3" in words
    assert "Of the 10 papers of 2024-03-28 (Thu), " in words
    assert "ViTAR: Vision Transformer with Any Resolution" in words
    order = reader.chat().subscription
    assert order.filters == Filters(having=("resolution", '"gaussian splatting"'), without=("video",))
    assert (order.min_votes, order.top, order.active) == (3, 5, True)


async def test_what_is_typed_stands_for_all_there_was_and_a_plus_adds(reader):
    await reader.ask("/filter resolution -video")
    await reader.ask("/filter + agents")
    assert filters_of(reader) == Filters(having=("resolution", "agents"), without=("video",))
    await reader.ask("/필터 로봇")
    assert filters_of(reader) == Filters(having=("로봇",))
    await reader.ask("/filter top:3")
    assert filters_of(reader) == Filters(having=("로봇",))


async def test_filters_that_leave_nothing_say_so_at_once(reader):
    words = await reader.words("/filter zeppelin")
    assert "Of the 10 papers of 2024-03-28 (Thu), 0 pass." in words
    assert "told once" in words


async def test_every_filter_ends_with_off(reader):
    await reader.ask("/filter resolution author:Fan votes:9 top:1")
    words = await reader.words("/filter off")
    assert "No filter: every paper of the day comes." in words
    order = reader.chat().subscription
    assert (order.filters, order.min_votes, order.top) == (Filters(), 0, None)


async def test_what_somebody_asks_for_is_not_filtered(reader):
    await reader.ask("/filter zeppelin")
    assert len(await reader.ask("/today")) == 11


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("!!!", "I cannot look for “!!!” in papers."),
        ("votes:many", "Least votes cannot be “many”."),
        ("top:999", "Papers a day cannot be “999”."),
        (",".join(map(str, range(30))), "up to 20 terms"),
    ],
)
async def test_what_cannot_be_a_filter_changes_nothing_and_is_told(reader, text, said):
    words = await reader.words(f"/filter {text}")
    assert said in words
    assert "/filter diffusion" in words
    assert filters_of(reader) == Filters()


async def test_terms_are_taken_away_by_a_tap_each(reader):
    panel = await tapping(reader, "/filter resolution, agents -video")
    old = panel.action("✕ resolution")
    assert "✕ resolution" not in [label for label in [await panel.tap("✕ resolution")] for label in panel.labels()]
    assert filters_of(reader) == Filters(having=("agents",), without=("video",))
    # An old message's button means its term, not its place.
    await panel.press(old)
    assert filters_of(reader) == Filters(having=("agents",), without=("video",))
    await panel.tap("✕ -video")
    await panel.tap("No filters")
    assert filters_of(reader) == Filters()


async def test_topics_are_ticked_and_unticked(reader):
    panel = await tapping(reader, "/filter")
    await panel.tap("Topics")
    (robots,) = [label for label in panel.labels() if label.startswith("Robotics (")]
    await panel.tap(robots)
    assert panel.is_ticked(robots)
    assert filters_of(reader).having == ("robot", "embodied")
    await panel.tap(robots)
    assert filters_of(reader) == Filters()
    await panel.tap("‹ Filters")
    assert "No filter" in panel.words()


async def test_less_like_this_leaves_out_a_topic_and_takes_it_back(reader):
    (paper,) = await reader.ask(f"/paper {VITAR}")
    (action,) = [button.action for button in paper.buttons if button.action == f"l:{VITAR}"]
    (offer,) = await reader.ask("", action=action)
    taps = Tapping(reader, offer, {})
    assert offer.private
    topic = taps.labels()[0]
    words = await taps.tap(topic)
    left_out = filters_of(reader).without
    assert left_out
    assert f"Without: {', '.join(left_out)}" in words
    assert taps.is_ticked(topic)
    await taps.tap(topic)
    assert filters_of(reader) == Filters()


async def test_what_was_wanted_is_not_wanted_any_more_when_it_is_to_be_less(reader):
    (offer,) = await reader.ask("", action=f"l:{VITAR}")
    taps = Tapping(reader, offer, {})
    topic = taps.labels()[0]
    await taps.tap(topic)
    terms = filters_of(reader).without
    await reader.ask(f"/filter {', '.join(terms)}")
    await taps.tap(topic)
    assert filters_of(reader) == Filters(without=terms)


async def test_in_a_group_only_admins_filter(reader):
    await reader.in_group("/subscribe")
    for text, action in (("/filter robots", ""), ("", f"l:{VITAR}"), ("", "f:xro:1"), ("", "f:o:1")):
        (message,) = await reader.in_group(text, action=action, person="1", may_change=no, addressed=True)
        assert "Only the admins" in message.paragraphs[0], (text, action)
    assert filters_of(reader, GROUP) == Filters()
    (shown,) = await reader.in_group("/filter", person="1", may_change=no)
    assert "No filter" in shown.paragraphs[0]


@pytest.mark.parametrize(
    "action", ["f:", "f:q:", "f:x:", "f:xzz:", "f:r:", "l:", "l:../x", "l:2403.18361:zz", "f:m:@", "f:m:@-"]
)
async def test_a_button_that_means_nothing_says_so(reader, action):
    (message,) = await reader.ask("", action=action)
    assert message.paragraphs
    assert filters_of(reader) == Filters()


async def test_every_action_fits_the_platforms(reader):
    long = "/filter " + ", ".join(f"“{'확산 모델 ' * 5}{number}”" for number in range(12)) + " author:" + "가" * 60
    (panel,) = await reader.ask(long, address=GROUP, kind=ChatKind.GROUP, person="9" * 19)
    assert all(button.acts for button in panel.buttons)
