"""What every chat adapter does, whatever its platform: sends, tells the truth about it, and never raises."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings

from bot.message import Message
from bot.ports import NotSent, Rejected, RetryAfter, Scope, Sent, Unknown, Unreachable
from tests.contract import messages
from tests.contract.messages import EMPTY, FORMS, HEADING, PAPER, WORST_PAPER, WORST_TITLE, links, texts
from tests.contract.platforms import FAULTS, Network, Platform
from tests.contract.reading import Shown, visible


def in_order(shown: Shown, words: list[str]) -> bool:
    """Whether all of `words` stand in the message, one after the other."""
    rest = visible(shown.text)
    for one in filter(None, map(visible, words)):
        _, found, rest = rest.partition(one)
        if not found:
            return False
    return True


async def sent(platform: Platform, message: Message, *, chat: int = 0, plain: bool = False) -> Shown:
    """`message` as it stands in the chat; it must arrive."""
    before = len(await platform.shown(0, chat))
    outcome = await platform.adapter.send(platform.chats[chat], message, plain=plain)
    assert isinstance(outcome, Sent), outcome
    return (await platform.shown(before + 1, chat))[before]


# --- What is sent -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
async def test_a_message_arrives_with_all_its_words_in_order_and_all_its_links(chat: Platform, form: str):
    shown = await sent(chat, FORMS[form])
    assert in_order(shown, texts(FORMS[form])), shown.text
    assert links(FORMS[form]) <= set(shown.links)


@pytest.mark.parametrize("form", FORMS)
async def test_asked_for_plain_text_it_sends_the_same_words(chat: Platform, form: str):
    shown = await sent(chat, FORMS[form], plain=True)
    assert in_order(shown, texts(FORMS[form])), shown.text


async def test_asked_for_plain_text_it_still_says_where_the_paper_is(chat: Platform):
    shown = await sent(chat, PAPER, plain=True)
    assert PAPER.link in shown.links


async def test_messages_stand_in_the_order_in_which_they_were_sent(chat: Platform):
    for number in range(8):
        await chat.adapter.send(chat.chats[0], Message(heading=f"Number {number}"), key=f"order-{number}")
    shown = await chat.shown(8)
    assert [visible(f"Number {number}") in visible(one.text) for number, one in enumerate(shown)] == [True] * 8


async def test_what_is_sent_has_an_id_of_its_own(chat: Platform):
    ids = set()
    for number in range(3):
        outcome = await chat.adapter.send(chat.chats[0], Message(heading=f"Number {number}"))
        assert isinstance(outcome, Sent)
        ids.add(outcome.external_id)
    assert "" not in ids
    assert len(ids) == 3


async def test_a_digest_goes_on_in_what_its_first_message_opened(chat: Platform):
    first = await chat.adapter.send(chat.chats[0], HEADING, key="digest-0")
    assert isinstance(first, Sent)
    second = await chat.adapter.send(chat.chats[0], PAPER, key="digest-1", container_id=first.container_id)
    assert isinstance(second, Sent)
    assert in_order((await chat.shown(2))[1], [PAPER.heading])


async def test_a_key_that_comes_twice_is_sent_or_known_not_a_fault(chat: Platform):
    for _ in range(2):
        assert isinstance(await chat.adapter.send(chat.chats[0], HEADING, key="a-key-of-25-characters-ok"), Sent)
    assert 1 <= len(await chat.shown(1)) <= 2


@pytest.mark.parametrize("silent", [True, False])
async def test_a_message_rings_unless_it_is_silent_where_the_platform_rings(chat: Platform, silent: bool):
    assert (await sent(chat, replace(HEADING, silent=silent))).silent in {silent, None}


@pytest.mark.parametrize("what", EMPTY)
async def test_a_message_without_words_is_refused_or_marked(chat: Platform, what: str):
    outcome = await chat.adapter.send(chat.chats[0], EMPTY[what])
    assert isinstance(outcome, Sent | Rejected), outcome
    assert len(await chat.shown(0)) == isinstance(outcome, Sent)


# --- The worst papers -------------------------------------------------------------------------------------------------


async def test_authors_give_way_before_a_single_bullet_does(chat: Platform):
    shown = await sent(chat, WORST_PAPER)
    # Discord's titles hold 256 characters, with the backslashes before the marks.
    assert in_order(shown, [WORST_PAPER.heading[:180], *WORST_PAPER.bullets, WORST_PAPER.footer])
    assert WORST_PAPER.link in shown.links


async def test_a_title_of_500_characters_begins_as_it_was_written(chat: Platform):
    shown = await sent(chat, Message(heading=WORST_TITLE, link="https://arxiv.org/abs/2501.12948", bullets=("One.",)))
    assert shown.says(WORST_TITLE[:150])
    assert shown.says("One.")


@pytest.mark.parametrize("plain", [False, True])
async def test_a_huge_message_is_cut_not_refused(chat: Platform, plain: bool):
    huge = Message(heading="Huge", paragraphs=("🧨 <b>&amp; " * 3000,), bullets=("*_`" * 5000, "b" * 9000), footer="end")
    assert (await sent(chat, huge, plain=plain)).says("Huge")


async def test_a_list_of_a_hundred_papers_in_one_message_is_cut_at_its_end(chat: Platform):
    one = FORMS["a list"].entries[0]
    many = Message(heading="Many", entries=tuple(replace(one, number=number) for number in range(1, 101)))
    assert in_order(await sent(chat, many), ["Many", one.title, one.title])


async def test_bad_addresses_are_left_out_not_refused(chat: Platform):
    addresses = [
        "javascript:alert(1)",
        "https://",
        "https://a b",
        "http://[::1",
        "tg://user?id=1",
        "https://x" + "y" * 3000,
    ]
    for address in addresses:
        message = replace(
            PAPER, link=address, picture=address, buttons=tuple(replace(one, url=address) for one in PAPER.buttons)
        )
        assert in_order(await sent(chat, message), [PAPER.heading, *PAPER.bullets]), address


# --- Hostile text -----------------------------------------------------------------------------------------------------

_quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(message=messages.hostile_messages())
@example(
    message=Message(heading="On <think>", bullets=("$O(n^2)$ & <b>not bold</b>", "[red]x[/red] **y** __z__ ||w|| `v`"))
)
@example(message=Message(paragraphs=("Two\n\nparagraphs\f\n\x0b and\u2028more\x85lines",)))
@example(message=Message(heading="A\u030angstro\u0308m and 한국어 in two forms"))
@_quickly
async def test_hostile_text_arrives_and_every_visible_character_of_it(chat: Platform, message: Message):
    before = len(await chat.shown(0))
    outcome = await chat.adapter.send(chat.chats[0], message)
    if isinstance(outcome, Rejected):
        assert not any(map(visible, texts(message)))
        return
    assert isinstance(outcome, Sent), outcome
    (shown,) = (await chat.shown(before + 1))[before:]
    assert in_order(shown, texts(message)), (texts(message), shown.text)


async def test_half_a_character_does_no_harm(chat: Platform):
    assert (await sent(chat, Message(heading="Half \ud83d of one", bullets=("\udc00 too",)))).says("of one")


async def test_text_cannot_turn_its_surroundings_around_or_move_a_cursor(chat: Platform):
    shown = await sent(chat, Message(heading="Safe \u202eesrever\u2066 \x1b[2J\x9b31m", bullets=("\u202d\x07\x00",)))
    if chat.adapter.platform != "notebook":  # a file is read by other programs, which look to that themselves
        assert not set(shown.text) & set("\u202e\u2066\u202d\x1b\x9b\x07\x00")


# --- The truth about it -----------------------------------------------------------------------------------------------


async def test_a_chat_that_does_not_exist_is_unreachable(chat: Platform):
    outcome = await chat.adapter.send(replace(chat.chats[0], chat_id=chat.nowhere), HEADING)
    assert isinstance(outcome, Unreachable)
    assert outcome.reason
    assert await chat.shown(0) == []


@pytest.mark.parametrize("name", ["not-a-number", "", "0", "-1", "9" * 40, "１２", "../x", "7/messages"])
async def test_an_address_that_cannot_be_one_is_unreachable(chat: Platform, name: str):
    assert isinstance(await chat.adapter.send(replace(chat.chats[0], chat_id=name), HEADING), Unreachable)
    assert await chat.shown(0) == []


async def test_before_it_is_open_nothing_is_said_to_be_sent_that_was_not(platform: Platform):
    outcome = await platform.adapter.send(platform.chats[0], HEADING)
    assert isinstance(outcome, Sent | NotSent)
    assert len(await platform.shown(0)) == isinstance(outcome, Sent)


async def test_after_it_is_closed_nothing_is_sent(chat: Platform):
    await chat.adapter.close()
    assert isinstance(await chat.adapter.send(chat.chats[0], HEADING), NotSent)
    assert await chat.shown(0) == []


async def test_closing_twice_or_unopened_is_fine(platform: Platform):
    await platform.adapter.close()
    await platform.adapter.close()


async def test_a_connection_that_breaks_before_the_message_was_taken_never_counts_as_sent(network: Network):
    network.resets(taken=False)
    assert isinstance(await network.adapter.send(network.chats[0], HEADING, key="k"), Unknown | NotSent)
    assert await network.shown(0) == []


async def test_a_connection_that_breaks_after_it_never_counts_as_surely_not_sent(network: Network):
    network.resets(taken=True)
    assert isinstance(await network.adapter.send(network.chats[0], HEADING, key="k"), Unknown)
    assert len(await network.shown(0)) == 1


async def test_a_platform_that_is_gone_surely_took_nothing(network: Network):
    await network.goes_down()
    assert isinstance(await network.adapter.send(network.chats[0], HEADING), NotSent)


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_comes_back_instead_of_an_answer_is_never_raised_nor_taken_for_sent(network: Network, fault: str):
    network.answers(fault)
    assert isinstance(await network.adapter.send(network.chats[0], HEADING), Unknown | NotSent)
    if fault != "a refused token":
        assert in_order(await sent(network, HEADING), [HEADING.heading])


async def test_asked_to_wait_it_says_how_long_and_sends_nothing(network: Network):
    network.answers("wait")
    assert await network.adapter.send(network.chats[0], HEADING) == RetryAfter(7, Scope.CHAT)
    assert await network.shown(0) == []


async def test_a_message_that_the_platform_refuses_is_rejected_not_the_chat(network: Network):
    network.answers("bad format")
    assert isinstance(await network.adapter.send(network.chats[0], PAPER), Rejected)
    assert (await sent(network, PAPER, plain=True)).says(PAPER.heading)


async def test_a_person_who_blocked_the_bot_is_firmly_unreachable(network: Network):
    network.blocks()
    outcome = await network.adapter.send(network.chats[0], HEADING)
    assert isinstance(outcome, Unreachable)
    assert not outcome.vague
