"""Answers to people: in order, patient for a while, never in the way of an error."""

import asyncio

import pytest

from bot.delivery.answers import send_answers
from bot.delivery.pace import Limits, Pace
from bot.message import Message
from bot.model import Address
from bot.ports import NotSent, Rejected, RetryAfter, Scope, Sent, Unknown, Unreachable
from tests.unit.delivery.virtual_time import run

HERE = Address("telegram", "1")
THREE = [Message(heading=str(number), bullets=("one",)) for number in range(3)]


class Asked:
    """A chat that answers sends with these outcomes, then takes everything."""

    def __init__(self, *outcomes):
        self.outcomes, self.seen = list(outcomes), []

    async def reply(self, message):
        outcome = self.outcomes.pop(0) if self.outcomes else Sent("1")
        self.seen.append((message.heading, len(message.bullets), type(outcome).__name__))
        return outcome


def answered(asked, messages=THREE):
    async def scene():
        start = asyncio.get_running_loop().time()
        whole = await send_answers(asked.reply, HERE, messages, Pace({"telegram": Limits(30, 1, 20)}))
        return whole, asyncio.get_running_loop().time() - start

    return run(scene())


def test_messages_go_out_in_order():
    asked = Asked()
    assert answered(asked)[0]
    assert [heading for heading, *_ in asked.seen] == ["0", "1", "2"]


def test_a_wait_that_the_platform_asks_for_is_kept():
    asked = Asked(RetryAfter(5, Scope.CHAT))
    whole, seconds = answered(asked, THREE[:1])
    assert whole
    assert 5 <= seconds < 6


def test_a_wait_longer_than_anyones_patience_ends_it():
    asked = Asked(RetryAfter(3600, Scope.TOKEN))
    assert answered(asked) == (False, 0)
    assert len(asked.seen) == 1


def test_what_did_not_arrive_is_tried_again_a_few_times():
    asked = Asked(NotSent("503"), NotSent("503"))
    assert answered(asked, THREE[:1])[0]
    assert len(asked.seen) == 3
    assert not answered(Asked(*[NotSent("503")] * 9))[0]


def test_what_may_have_arrived_is_not_sent_again():
    asked = Asked(Unknown("timed out"))
    assert answered(asked)[0]
    assert [heading for heading, *_ in asked.seen] == ["0", "1", "2"]


def test_of_a_rejected_message_the_heading_is_sent_and_the_rest_goes_on():
    asked = Asked(Rejected("bad entity"))
    assert not answered(asked)[0]
    assert asked.seen == [("0", 1, "Rejected"), ("0", 0, "Sent"), ("1", 1, "Sent"), ("2", 1, "Sent")]


def test_what_a_platform_repeats_of_an_answer_that_it_rejects_is_not_logged(capsys):
    asked = Asked(Rejected('Can\'t parse entities: unsupported start tag "my secret "wish"" at byte offset 3'))
    answered(asked, THREE[:1])
    told = capsys.readouterr()
    assert 'unsupported start tag "…" at byte offset 3' in told.out
    assert "answer rejected" in told.out
    warned = [line for line in told.out.splitlines() if "answer rejected" in line]
    assert "secret" not in "".join(warned)


@pytest.mark.parametrize("outcome", [Unreachable("blocked"), Unreachable("forbidden", vague=True)])
def test_a_chat_that_cannot_be_reached_ends_it(outcome):
    asked = Asked(outcome)
    assert not answered(asked)[0]
    assert len(asked.seen) == 1
