"""The button "less like this" under a paper: its topics; a tap excludes one from the chat's digests, or undoes it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from bot.commands.asking import Asking
from bot.commands.changing import change
from bot.commands.filter_texts import filters_lines, left, left_text
from bot.commands.filter_words import MOST_TERMS, count
from bot.commands.opening import pressed_paper
from bot.commands.panels import FILTER, gone, rows, ticked, whose
from bot.commands.presser import put
from bot.commands.subscribing import may_not_change
from bot.digest import topics
from bot.digest.compose import LESS
from bot.digest.filters import folded
from bot.digest.topics import Topic
from bot.message import Button, Message, shortened
from bot.model import Filters, Paper, Subscription

TITLE_UNITS = 120
_LABEL_UNITS = 40
# Four rows of three, and one that leads on: Discord has five rows.
_OFFERED = 12


async def less(asking: Asking) -> Sequence[Message]:
    """Pressed: `PAPER` offers its topics, `PAPER:MARK` leaves one out or takes it back."""
    paper_id, _, mark = asking.arguments.partition(":")
    if not await asking.request.may_change():
        return may_not_change(asking)
    paper = await pressed_paper(replace(asking, arguments=paper_id))
    if paper is None:
        return gone(asking)
    found = topics.topics_of(paper)[:_OFFERED]
    if not mark:
        if not found:
            return asking.say(
                asking.gettext("I know no topic of this paper. Words to leave out can be typed:"),
                "/filter -video",
                private=True,
            )
        return [replace(await _offer(asking, paper, found), private=True, silent=True)]
    topic = next((one for one in found if _mark(one) == mark), None)
    if topic is None:
        return gone(asking)

    def without(order: Subscription) -> Subscription:
        left_out = topics.toggled(order.filters.without, topic.terms)
        filters = replace(topics.without_terms(order.filters, topic.terms), without=left_out)
        return order if count(filters) > MOST_TERMS else replace(order, filters=filters)

    changed = await change(asking, without)
    return await put(asking, await _offer(changed.asking, paper, found))


async def _offer(asking: Asking, paper: Paper, found: Sequence[Topic]) -> Message:
    filters = asking.order.filters
    buttons = [
        Button(
            ticked(shortened(one.label(asking.gettext), _LABEL_UNITS), on=topics.has(filters.without, one)),
            action=f"{LESS}:{paper.id}:{_mark(one)}",
        )
        for one in found
    ]
    now = await left(asking, asking.order.choice(asking.language)) if filters.without else None
    lines = filters_lines(asking, Filters(without=filters.without))
    return Message(
        heading=asking.gettext("Less like this"),
        paragraphs=tuple(
            filter(
                None,
                (
                    shortened(paper.title, TITLE_UNITS),
                    asking.gettext("Which of these shall I leave out of the digests here? A second tap takes it back."),
                    *lines,
                    left_text(asking, now) if now is not None else "",
                ),
            )
        ),
        buttons=rows([buttons, [Button(asking.gettext("Filters"), action=f"{FILTER}:m:{whose(asking)}")]], 3),
    )


def _mark(topic: Topic) -> str:
    """A topic as a button carries it: one of ours by its code, a keyword by its letters."""
    return topic.code or hashlib.blake2b(folded(topic.terms[0]).encode(), digest_size=5).hexdigest()
