"""/filter: which papers a chat's digests have, by words, authors, organizations, votes and number; and its panel.

What filters mean is in bot/digest/filters.py; how they are written, in bot/commands/filter_words.py.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from bot.commands import choosing_chat, setting_views
from bot.commands.asking import Asking
from bot.commands.changing import change
from bot.commands.faults import quoted
from bot.commands.filter_texts import also_known, each_line, filters_lines, left, left_text
from bot.commands.filter_words import MOST_TERMS, NoFilter, Wanted, count, ends_filters, merged, read_filter_words
from bot.commands.panels import FILTER, gone, located, rows, ticked, whose
from bot.commands.presser import put
from bot.commands.setting_texts import labels, values
from bot.commands.subscribing import may_not_change
from bot.digest import topics
from bot.digest.filters import folded
from bot.locales import thousands
from bot.message import Button, Entry, Message, shortened
from bot.model import Filters, Subscription

EXAMPLE = '/filter diffusion, "world model" -video author:LeCun votes:>5 top:10'
# How many titles are shown of what a digest would have.
TITLES = 5
TITLE_UNITS = 200
# How many terms get a button that removes them: two rows on a phone, with others below.
_REMOVABLE = 8
_LABEL = 24
_MAIN, _TOPICS, _OFF, _REMOVE, _TOGGLE = "m", "t", "o", "r", "x"


async def filter_(asking: Asking) -> Sequence[Message]:
    """Show the filters of the chat, or set them to what is typed; of another chat when an admin names it in private."""
    there = await choosing_chat.chosen(asking, "/filter")
    if not isinstance(there, Asking):
        return there
    asking = there
    if not asking.arguments:
        return [await panel(asking)]
    if not await asking.request.may_change():
        return may_not_change(asking)
    if ends_filters(asking.arguments):
        return [await _off(asking)]
    wanted = read_filter_words(asking.arguments)
    if isinstance(wanted, NoFilter):
        return _no_filter(asking, wanted)
    if not wanted.filters and wanted.votes is None and wanted.top is None:
        return [await panel(asking)]
    if wanted.adds and count(merged(asking.order.filters, wanted.filters)) > MOST_TERMS:
        return _no_filter(asking, NoFilter("", too_many=True))
    changed = await change(asking, lambda order: _with(order, wanted))
    return [await panel(changed.asking, changed.coming)]


async def pressed_filter(asking: Asking) -> Sequence[Message]:
    """A pressed button of the panel: `WHAT:WHOSE`, where WHAT is a letter and, for some, what it is done to."""
    what, _, owner = asking.arguments.partition(":")
    there = await located(asking, owner)
    if not isinstance(there, Asking):
        return there
    asking = there
    does, of = what[:1], what[1:]
    if does in {_OFF, _REMOVE, _TOGGLE} and not await asking.request.may_change():
        return may_not_change(asking)
    if does == _MAIN:
        return await put(asking, await panel(asking))
    if does == _TOPICS:
        return await put(asking, await _topics(asking))
    if does == _OFF:
        return await put(asking, await _off(asking))
    if does == _REMOVE:
        asking = (await change(asking, lambda order: replace(order, filters=_without(order.filters, of)))).asking
        return await put(asking, await panel(asking))
    topic = topics.topic(of)
    if does != _TOGGLE or topic is None:
        return gone(asking)

    def toggled(order: Subscription) -> Subscription:
        having = topics.toggled(order.filters.having, topic.terms)
        kept = merged(replace(order.filters, having=()), Filters(having=having))
        return order if count(kept) > MOST_TERMS else replace(order, filters=kept)

    asking = (await change(asking, toggled)).asking
    return await put(asking, await _topics(asking))


async def panel(asking: Asking, *told: str) -> Message:
    """The filters, what they leave of the newest list, and buttons that change them."""
    order = asking.order
    lines = filters_lines(asking, order.filters, await also_known(asking, order.filters))
    named, valued = labels(asking), values(asking, order, asking.language)
    if order.min_votes:
        lines.append(f"{named['votes']}: {valued['votes']}")
    if order.top:
        lines.append(f"{named['top']}: {valued['top']}")
    found = await left(asking, order.choice(asking.language))
    entries = () if found is None or not lines else found.passing[:TITLES]
    chat = asking.place
    said = asking.gettext("No filter: every paper of the day comes.") if not lines else ""
    return Message(
        heading=asking.gettext("Filters of {chat}", chat=chat) if chat else asking.gettext("Filters of this chat"),
        paragraphs=tuple(
            filter(
                None,
                (
                    said,
                    left_text(asking, found) if found is not None and lines else "",
                    asking.gettext("A day of which nothing is left is told once, not every day.")
                    if found is not None and lines and not found.passing
                    else "",
                    *told,
                    each_line(asking, order.filters),
                ),
            )
        ),
        bullets=tuple(lines),
        entries=tuple(
            Entry(
                number=number,
                title=shortened(paper.title, TITLE_UNITS),
                link=paper.arxiv_url,
                facts="" if paper.upvotes is None else f"👍 {thousands(paper.upvotes, asking.language)}",
            )
            for number, paper in enumerate(entries, 1)
        ),
        footer=asking.gettext("To set them: {example}", example=EXAMPLE) if not asking.elsewhere else "",
        buttons=_buttons(asking, order, any_set=bool(lines)),
        private=True,
    )


def _buttons(asking: Asking, order: Subscription, *, any_set: bool) -> tuple[Button, ...]:
    filters = order.filters
    marked = (*filters.having, *(f"-{term}" for term in filters.without), *filters.authors, *filters.organizations)
    terms = (*filters.having, *filters.without, *filters.authors, *filters.organizations)
    removing = [
        Button(f"✕ {shortened(label, _LABEL)}", action=_action(asking, f"{_REMOVE}{_mark(term)}"))
        for label, term in zip(marked, terms, strict=True)
    ]
    below = [Button(asking.gettext("Topics"), action=_action(asking, _TOPICS))]
    if any_set:
        below.append(Button(asking.gettext("No filters"), action=_action(asking, _OFF)))
    return rows([removing[:_REMOVABLE], below, [setting_views.back(asking)]], 3)


async def _topics(asking: Asking) -> Message:
    """Topics to tick, with how many papers of the newest list are about each."""
    order = asking.order
    every = await left(asking, replace(order.choice(asking.language), filters=Filters(), top=None, min_votes=0))
    counts = topics.by_frequency(every.passing if every is not None else ())
    buttons = []
    for one, papers in counts:
        label = ticked(one.label(asking.gettext), on=topics.has(order.filters.having, one))
        label = f"{label} ({thousands(papers, asking.language)})" if every is not None else label
        buttons.append(Button(label, action=_action(asking, f"{_TOGGLE}{one.code}")))
    found = await left(asking, order.choice(asking.language))
    return Message(
        heading=asking.gettext("Topics"),
        paragraphs=tuple(
            filter(
                None,
                (
                    asking.gettext("Papers of any of the ticked topics come; with none ticked, all do."),
                    left_text(asking, found) if found is not None else "",
                ),
            )
        ),
        buttons=rows([buttons, [Button(asking.gettext("‹ Filters"), action=_action(asking, _MAIN))]], 3),
        private=True,
    )


async def _off(asking: Asking) -> Message:
    """Every paper comes again: words, authors, organizations, votes and number are all filters."""
    changed = await change(asking, lambda order: replace(order, filters=Filters(), min_votes=0, top=None))
    return await panel(changed.asking, changed.coming)


def _with(order: Subscription, wanted: Wanted) -> Subscription:
    """What is typed stands for all the words there were, unless it adds; votes and number only change when named."""
    filters = merged(order.filters, wanted.filters) if wanted.adds else wanted.filters
    if not wanted.filters:
        filters = order.filters
    return replace(
        order,
        filters=filters,
        min_votes=order.min_votes if wanted.votes is None else wanted.votes,
        top=order.top if wanted.top is None else wanted.top or None,
    )


def _no_filter(asking: Asking, fault: NoFilter) -> Sequence[Message]:
    if fault.too_many:
        sentence = asking.gettext("That is more than I can keep: up to {count} terms.", count=MOST_TERMS)
    elif fault.key in {"votes", "top"}:
        sentence = asking.gettext(
            "{setting} cannot be “{value}”.", setting=labels(asking)[fault.key], value=quoted(fault.written)
        )
    else:
        sentence = asking.gettext("I cannot look for “{written}” in papers.", written=quoted(fault.written))
    return asking.say(sentence, asking.gettext("To set them: {example}", example=EXAMPLE), private=True)


def _action(asking: Asking, what: str) -> str:
    return f"{FILTER}:{what}:{whose(asking)}"


def _mark(term: str) -> str:
    """A term as a button carries it: the same for the same term for ever, whatever stands before it."""
    return hashlib.blake2b(folded(term).encode(), digest_size=5).hexdigest()


def _without(filters: Filters, mark: str) -> Filters:
    def kept(terms: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(term for term in terms if _mark(term) != mark)

    return Filters(
        having=kept(filters.having),
        without=kept(filters.without),
        authors=kept(filters.authors),
        organizations=kept(filters.organizations),
    )
