"""/trends: how often topics appeared in the lists, month by month, as a picture and in words; without any, rising ones."""

import datetime as dt
from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.commands.topic_shares import Shares, plot_of, plot_title, said, shares, told, too_few
from bot.message import File, Message
from bot.model import TERMINAL


async def trends(asking: Asking) -> Sequence[Message]:
    """A line for each topic."""
    await asking.library.newest(asking.now)
    until = asking.now.astimezone(dt.UTC).date()
    found = await asking.store.read(shares, asking.arguments, until)
    if found is None:
        return asking.say(too_few(asking.language), asking.gettext("/top week shows the best of the week."))
    hint = asking.gettext("/trends with topics and commas between shows others, five at most.")
    if not found.topics:
        return asking.say(*told(found, asking.language), hint)
    return [
        Message(
            heading=plot_title(asking.language),
            paragraphs=tuple(told(found, asking.language)),
            bullets=tuple(said(found.counts, topic, asking.language) for topic in found.topics),
            footer=hint,
            image=await _image(asking, found),
        )
    ]


async def _image(asking: Asking, found: Shares) -> File | None:
    if asking.library.plots is None or asking.request.address.platform == TERMINAL:
        return None
    drawn = await asking.library.plots.drawn(plot_of(found, asking.language))
    return None if drawn is None else File(name="trends.png", content=drawn, media_type="image/png")
