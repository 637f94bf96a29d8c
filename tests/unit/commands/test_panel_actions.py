"""Whatever comes back from a button of a panel is answered, and by whoever is no admin nothing is changed."""

import asyncio

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clock import Clock
from bot.commands.conversation import Conversation
from bot.model import ChatKind
from bot.ports import Request
from bot.settings import Settings
from bot.store import chats
from bot.store.connection import open_store
from tests.unit.commands.conftest import GROUP, NOW, PERSON, all_words, no, sent
from tests.unit.commands.test_conversation import NoHub

CHANGES = ("t0900", "zAsia/Seoul", "w0", "W01234", "lko", "fc", "n10", "v5", "xlm", "p7", "p0", "s1", "s0", "")
PARTS = st.sampled_from((*CHANGES, *"mtzwlfnvpy123456", "1y2p0ij32e8e7", "0", "@-abc", "@-abc.1", "2403.18361", "xro", "o", "rff")) | st.text(
    max_size=12
)  # fmt: skip
ACTIONS = st.builds(lambda head, parts: ":".join((head, *parts)), st.sampled_from("cflx"), st.lists(PARTS, max_size=4))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(action=ACTIONS, kind=st.sampled_from(ChatKind))
def test_every_action_is_answered_and_strangers_change_nothing(tmp_path, action, kind):
    said = []

    async def edit(message):
        said.append(message)
        return await sent(message)

    def request(address, **more):
        return Request(
            address=address, kind=kind, text="", reply=sent, person="1", language="en", action=action, edit=edit, **more
        )

    async def both():
        return [*await talk.answer(request(PERSON)), *await talk.answer(request(GROUP, may_change=no))]

    with open_store(tmp_path / "store.db") as store:
        talk = Conversation(store, Clock(NOW), Settings(), NoHub(), NoHub())
        said += asyncio.run(both())
        group = store.read_now(chats.chat, GROUP)
    assert all(all_words([message]) for message in said)
    assert "(code " not in all_words(said)
    assert group is None
