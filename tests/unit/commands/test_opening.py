"""Papers opened by their buttons: from a list, the whole abstract, and back; in private in place, elsewhere beside."""

import pytest

from bot.model import Paper
from bot.ports import SourcePaper
from bot.store.papers import merge_papers
from tests.unit.commands.conftest import GROUP, NOW

OTTER = Paper(id="2403.00001", title="OtterMap", abstract="It counts otters. It is fast.", authors=("Ada",))
BARE = Paper(id="math/0309136", title="Of numbers")
IN_GROUP = {"address": GROUP, "kind": "group", "person": "7"}


@pytest.fixture(autouse=True)
def known(scene):
    scene.store.write_now(merge_papers, [SourcePaper(paper=one) for one in (OTTER, BARE)], now=NOW)


def labels(message):
    return [button.label for button in message.buttons if button.acts]


async def test_a_number_of_a_list_opens_its_paper_as_a_message_of_its_own(scene):
    (message,) = await scene.ask("", action="o:2403.00001")
    assert (message.heading, message.link) == ("OtterMap", "https://arxiv.org/abs/2403.00001")
    assert labels(message)[:2] == ["Abstract", "Similar"]
    assert not message.private


async def test_in_a_group_a_paper_opens_for_the_presser_alone_and_without_a_sound(scene):
    (message,) = await scene.ask("", action="o:math/0309136", **IN_GROUP)
    assert message.heading == "Of numbers"
    assert message.private
    assert message.silent


async def test_a_paper_that_the_store_has_lost_is_asked_for_again(scene):
    (message,) = await scene.ask("", action="o:2403.18361")
    assert message.heading == "ViTAR: Vision Transformer with Any Resolution"


async def test_the_abstract_takes_the_place_of_the_summary_and_gives_it_back(placed):
    whole = await placed("a:2403.00001")
    assert whole.paragraphs[-1] == OTTER.abstract
    assert whole.bullets == ()
    assert labels(whole)[0] == "Summary"
    back = await placed({button.label: button.action for button in whole.buttons}["Summary"])
    assert back.bullets
    assert labels(back)[0] == "Abstract"


async def test_in_a_group_the_message_that_all_read_stays_as_it_is(scene):
    async def edit(message):
        raise AssertionError(message)

    (message,) = await scene.ask("", action="a:2403.00001", edit=edit, **IN_GROUP)
    assert message.private
    assert message.silent
    assert (message.heading, message.paragraphs, message.buttons) == ("OtterMap", (OTTER.abstract,), ())
    (back,) = await scene.ask("", action="a:2403.00001:b", edit=edit, **IN_GROUP)
    assert back.bullets


async def test_where_there_is_no_abstract_it_is_said(scene):
    (message,) = await scene.ask("", action="a:math/0309136")
    assert message.private
    assert "arXiv shows it" in message.paragraphs[0]


@pytest.mark.parametrize("action", ["o", "o:", "o:x", "a", "a:", "a:../../etc", "o:2403.18361v2", "o:2403.99999"])
async def test_a_button_of_no_paper_is_answered_politely(scene, action):
    (message,) = await scene.ask("", action=action)
    assert message.private
    assert "do not have this paper" in message.paragraphs[0]
