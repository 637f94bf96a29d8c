"""/preview: the chat's next digest as its list stands now, only for the person who asks."""

import datetime as dt
from collections.abc import Sequence

from bot.commands import choosing_chat, setting_views
from bot.commands.asking import Asking
from bot.commands.listing import Page, listed, pages
from bot.commands.panels import FILTER, located, whose
from bot.commands.privately import privately
from bot.commands.setting_texts import instant_text
from bot.delivery.coming import Coming, coming
from bot.locales import thousands
from bot.message import Button, Entry, Message

KIND = "v"
# As many as a message of a group's preview holds, which has no pages in the private chat to which it goes.
_AT_ONCE = 25


async def preview(asking: Asking) -> Sequence[Message]:
    """What would come, in pages; of another chat when an admin names it in private."""
    there = await choosing_chat.chosen(asking, "/preview")
    if not isinstance(there, Asking):
        return there
    if there.elsewhere:
        return await listed(asking, KIND, whose(there), private=True)
    if asking.in_private or asking.request.alone is None:
        return await listed(asking, KIND, private=True)
    page = await _page(asking, 0, _AT_ONCE)
    entries = tuple(
        Entry(number=number, title=paper.title, link=paper.arxiv_url, facts=page.facts.get(paper.id, ""))
        for number, paper in enumerate(page.papers, 1)
    )
    return await privately(asking, [Message(heading=page.heading, paragraphs=page.paragraphs, entries=entries)])


@pages(KIND)
async def _previewed(asking: Asking, arguments: str, offset: int, count: int) -> Page:
    """The next digest of this chat, or of the one elsewhere that the arguments name as a panel's actions do."""
    if not arguments:
        return await _page(asking, offset, count)
    there = await located(asking, arguments)
    return await _page(there, offset, count) if isinstance(there, Asking) else Page(paragraphs=there[0].paragraphs)


async def _page(asking: Asking, offset: int, count: int) -> Page:
    order = asking.order
    language = asking.chat.language if asking.chat is not None else asking.language
    found = await asking.store.read(coming, asking.chat, order.choice(language), asking.now)
    if found is None:
        return Page(paragraphs=(asking.gettext("No list of papers has been fetched yet, so there is nothing to show."),))
    every = [*(paper for _, paper in found.late), *found.papers]
    late = {paper.id: asking.gettext("late, from {day}", day=day.isoformat()) for day, paper in found.late}
    return Page(
        heading=" · ".join(filter(None, (asking.place, asking.gettext("Preview · {day}", day=asking.day_name(found.day))))),
        paragraphs=tuple(filter(None, (_when(asking, found), _counted(asking, found), *_empty(asking, found)))),
        papers=every[offset : offset + count],
        total=len(every),
        facts=late,
        dated=False,
        footer=asking.gettext("A number opens its paper.") if every else "",
        buttons=(
            Button(asking.gettext("Filters"), action=f"{FILTER}:m:{whose(asking)}"),
            Button(asking.gettext("Settings"), action=setting_views.action(asking, setting_views.MAIN)),
        ),
    )


def _when(asking: Asking, found: Coming) -> str:
    order = asking.order
    if not order.active or order.next_due_at is None:
        return asking.gettext("This chat is not subscribed; a digest of the newest list would look like this.")
    at = instant_text(asking, order.next_due_at, order.time_zone)
    if found.had:
        return asking.gettext(
            "The next digest comes on {at}. Its list is not there yet; this is the last one, with the settings of now.",
            at=at,
        )
    if found.day >= asking.now.astimezone(dt.UTC).date():
        return asking.gettext("It comes on {at}. Its list still fills, and votes change until then.", at=at)
    return asking.gettext("It comes on {at}, if no newer list is there by then.", at=at)


def _counted(asking: Asking, found: Coming) -> str:
    shown, total = len(found.papers), found.total
    written = thousands(total, asking.language)
    if shown < total:
        return asking.ngettext(
            "{shown} of {total} paper", "{shown} of {total} papers", total,
            shown=thousands(shown, asking.language), total=written,
        )  # fmt: skip
    return asking.ngettext("{total} paper", "{total} papers", total, total=written)


def _empty(asking: Asking, found: Coming) -> list[str]:
    if found.papers or not found.total:
        return []
    if asking.elsewhere:
        return [asking.gettext("The filters leave nothing of it.")]
    return [asking.gettext("The filters leave nothing of it. /filter changes them.")]
