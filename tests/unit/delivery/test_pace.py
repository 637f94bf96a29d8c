"""The pace of a token, a chat and a group, whatever comes when; and that answers go first. In virtual time."""

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.delivery.pace import Limits, Pace
from bot.model import Address
from bot.ports import RetryAfter, Scope
from bot.settings import Settings
from tests.unit.delivery.virtual_time import run

TELEGRAM = {"telegram": Limits(30, 1, 20)}


def private(number):
    return Address("telegram", str(number))


def group(number):
    return Address("telegram", f"-{number}")


class Turns:
    """Takes turns and remembers when each came."""

    def __init__(self, limits=TELEGRAM):
        self.pace = Pace(limits)
        self.came: list[tuple[float, Address, bool]] = []

    async def take(self, address, answer=False):
        await self.pace.turn(address, answer=answer)
        self.came.append((asyncio.get_running_loop().time(), address, answer))

    async def digest(self, address, messages):
        for _ in range(messages):
            await self.take(address)

    def of(self, wanted):
        return [when for when, address, _ in self.came if address == wanted]


def most_within(instants, window):
    # A hair less than the window: two turns exactly a second apart are not in one second.
    return max(sum(start <= other < start + window - 1e-6 for other in instants) for start in instants)


def test_no_second_holds_more_than_the_tokens_rate_and_little_of_it_is_wasted():
    async def scene():
        turns = Turns()
        await asyncio.gather(*(turns.take(private(number)) for number in range(300)))
        return [when for when, _, _ in turns.came]

    came = run(scene())
    assert most_within(came, 1) <= 30
    assert came[-1] - came[0] <= 10.1


def test_a_chat_gets_one_message_a_second():
    async def scene():
        turns = Turns()
        await asyncio.gather(*(turns.digest(private(number), 5) for number in range(3)))
        return turns

    turns = run(scene())
    for number in range(3):
        assert most_within(turns.of(private(number)), 1) == 1
        assert 4 <= turns.of(private(number))[-1] - turns.of(private(number))[0] < 4.2


def test_a_group_gets_twenty_messages_a_minute_of_which_some_are_kept_for_answers():
    async def scene():
        turns = Turns()
        digest = asyncio.create_task(turns.digest(group(1), 40))
        await asyncio.sleep(30)
        asked = asyncio.get_running_loop().time()
        await turns.take(group(1), answer=True)
        answered = asyncio.get_running_loop().time()
        await digest
        return turns.of(group(1)), answered - asked

    came, wait = run(scene())
    assert most_within(came, 60) <= 20
    assert wait < 1


def test_answers_pass_a_broadcast_that_waits():
    async def scene():
        turns = Turns()
        broadcast = [asyncio.create_task(turns.take(private(number))) for number in range(300)]
        await asyncio.sleep(2)
        asked = asyncio.get_running_loop().time()
        await asyncio.gather(*(turns.take(private(number), answer=True) for number in range(1000, 1010)))
        waited = asyncio.get_running_loop().time() - asked
        await asyncio.gather(*broadcast)
        return waited, [when for when, _, _ in turns.came]

    waited, came = run(scene())
    assert waited < 0.5
    assert most_within(came, 1) <= 30


def test_an_answer_goes_before_the_next_message_of_the_same_chats_digest():
    async def scene():
        turns = Turns()
        await turns.take(private(1))
        await asyncio.gather(turns.digest(private(1), 3), turns.take(private(1), answer=True))
        return [answer for _, _, answer in turns.came]

    assert run(scene())[:2] == [False, True]


@pytest.mark.parametrize(("scope", "others_wait"), [(Scope.CHAT, False), (Scope.TOKEN, True)])
def test_what_a_platform_asks_for_is_obeyed_in_the_scope_that_it_names(scope, others_wait):
    async def scene():
        turns = Turns()
        start = asyncio.get_running_loop().time()
        turns.pace.obey(private(1), RetryAfter(7, scope))
        await asyncio.gather(turns.take(private(1)), turns.take(private(2), answer=True))
        return turns.of(private(1))[0] - start, turns.of(private(2))[0] - start

    own, other = run(scene())
    assert own >= 7
    assert (other >= 7) == others_wait


def test_after_a_refusal_of_the_token_the_pace_falls_and_recovers():
    async def scene():
        turns = Turns()
        for number in range(50):  # all that was in flight is refused at once: one refusal
            turns.pace.obey(private(number), RetryAfter(1, Scope.TOKEN))
        await asyncio.gather(*(turns.take(private(number)) for number in range(3000)))
        return [when - turns.came[0][0] for when, _, _ in turns.came]

    came = run(scene())
    assert 20 <= sum(when < 1 for when in came) <= 26
    assert sum(60 <= when < 61 for when in came) >= 29


def test_many_chats_that_are_asked_to_wait_at_once_slow_the_token_and_stop_it_for_a_moment_only():
    async def scene(refused):
        turns = Turns()
        start = asyncio.get_running_loop().time()
        for number in range(refused):
            turns.pace.obey(private(number), RetryAfter(35, Scope.CHAT))
        await asyncio.gather(*(turns.take(private(1000 + number)) for number in range(300)))
        return [when - start for when, _, _ in turns.came]

    few, many = run(scene(2)), run(scene(20))
    assert few[0] == 0
    assert sum(when < 1 for when in few) >= 29
    assert 1 <= many[0] <= 1.1
    assert 20 <= sum(many[0] <= when < many[0] + 1 for when in many) <= 26


def test_a_platform_without_limits_never_waits_unless_it_asks_to():
    async def scene():
        turns, terminal = Turns(), Address("terminal", "local")
        start = asyncio.get_running_loop().time()
        await turns.digest(terminal, 500)
        assert asyncio.get_running_loop().time() == start
        turns.pace.obey(terminal, RetryAfter(2, Scope.TOKEN))
        await turns.take(terminal)
        return asyncio.get_running_loop().time() - start

    assert run(scene()) >= 2


def test_one_who_stops_waiting_takes_no_turn():
    async def scene():
        turns = Turns({"telegram": Limits(0.5)})
        await turns.take(private(1))
        gone = asyncio.create_task(turns.take(private(2)))
        await asyncio.sleep(0.1)
        gone.cancel()
        start = asyncio.get_running_loop().time()
        await turns.take(private(3))
        return asyncio.get_running_loop().time() - start

    assert run(scene()) <= 2


def test_chats_that_are_silent_are_forgotten():
    async def scene():
        turns = Turns({"telegram": Limits(500, 1, 20)})
        for number in range(10_000):
            await turns.take(private(number))
        return len(turns.pace._lines["telegram"]._chats)

    assert run(scene()) <= 2048


def test_the_pace_is_a_setting():
    pace = Pace.from_settings(Settings(telegram_rate=3, telegram_chat_rate=2, telegram_group_rate=9, discord_rate=4))
    assert pace._limits == {"telegram": Limits(3, 2, 9), "discord": Limits(4)}


events = st.lists(
    st.tuples(
        st.floats(0, 3),  # pause before it
        st.integers(-3, 5),  # the chat; negative ones are groups
        st.sampled_from(["turn", "answer", "chat", "token"]),
        st.floats(0, 4),  # what the platform asks for
    ),
    max_size=60,
)


@given(events=events, rate=st.sampled_from([0.5, 2, 3.7, 30]))
@settings(max_examples=100, deadline=None)
def test_no_window_is_over_the_limit_however_the_refusals_fall(events, rate):
    async def scene():
        turns = Turns({"telegram": Limits(rate, 1, 20)})
        tasks, refusals = [], []
        for pause, chat, kind, seconds in events:
            await asyncio.sleep(pause)
            if kind in {"turn", "answer"}:
                tasks.append(asyncio.create_task(turns.take(private(chat), answer=kind == "answer")))
            else:
                turns.pace.obey(private(chat), RetryAfter(seconds, Scope(kind)))
                now = asyncio.get_running_loop().time()
                refusals.append((private(chat) if kind == "chat" else None, now, now + seconds, len(turns.came)))
        await asyncio.gather(*tasks)
        return turns, refusals, len(tasks)

    turns, refusals, asked = run(scene())
    assert len(turns.came) == asked, "somebody never got a turn"
    if turns.came:
        assert most_within([when for when, _, _ in turns.came], 1) <= max(1, int(rate))
        if rate < 1:
            assert most_within([when for when, _, _ in turns.came], 1 / rate) == 1
    for address in {address for _, address, _ in turns.came}:
        assert most_within(turns.of(address), 1) == 1
        if address.chat_id.startswith("-"):
            assert most_within(turns.of(address), 60) <= 20
    for refused, begin, end, before in refusals:
        # None is the whole token; what had its turn already is on its way.
        came = [when for when, address, _ in turns.came[before:] if refused in {None, address}]
        assert not [when for when in came if begin < when < end - 1e-6], "a turn in the time that was asked for"


@given(
    refusals=st.lists(st.tuples(st.floats(0, 20), st.floats(0, 5)), max_size=8),
    rate=st.sampled_from([2, 4]),
    data=st.data(),
)
@settings(max_examples=12, deadline=None)
def test_a_busy_line_is_never_over_its_limit_and_recovers_whatever_was_refused(refusals, rate, data):
    answers = data.draw(st.lists(st.floats(0, 60), max_size=20))

    async def scene():
        turns = Turns({"telegram": Limits(rate, 1, 20)})
        loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(turns.take(private(number))) for number in range(int(rate * 350))]

        async def refuse():
            for pause, seconds in refusals:
                await asyncio.sleep(pause)
                turns.pace.obey(private(1), RetryAfter(seconds, Scope.TOKEN))

        async def ask(number, after):
            await asyncio.sleep(after)
            await turns.take(private(100_000 + number), answer=True)

        asking = [asyncio.create_task(ask(number, after)) for number, after in enumerate(answers)]
        await refuse()
        last = loop.time()
        await asyncio.gather(*tasks, *asking)
        return [when for when, _, _ in turns.came], last

    came, last = run(scene())
    # In order, a second holds too many exactly when one and the one `rate` turns later are less than a second apart.
    assert all(later - turn >= 1 - 1e-6 for turn, later in zip(came, came[rate:], strict=False))
    # Two minutes after the last refusal's end the pace is the full one again, as long as there is something to send.
    recovered = last + 5 + 121
    late = [when for when in came if recovered <= when]
    if late and late[-1] - late[0] > 3:
        assert len(late) >= rate * (late[-1] - late[0]) * 0.97
