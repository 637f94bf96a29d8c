"""The button "this summary is wrong": marks the summary, and has the operator told and a language model asked again.

Telling and asking take time and must survive a restart, so they are in bot/reported.py; here the report is only stored.
"""

from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.message import Message
from bot.model import ChatKind
from bot.store import papers, reports
from bot.store.reports import MOST_A_DAY, Reported
from bot.summaries.marks import marked


async def wrong(asking: Asking) -> Sequence[Message]:
    """Pressed under a paper; `arguments` are the paper's id, the reader's language, and the summary's mark."""
    paper_id, _, rest = asking.arguments.partition(":")
    language, _, mark = rest.partition(":")
    paper = await asking.store.read(papers.paper, paper_id)
    summary = marked(paper, mark) if paper is not None else None
    if summary is None:
        return asking.say(
            asking.gettext("Thank you. That summary has been replaced: /paper {id} shows the new one.", id=paper_id),
            private=True,
        )
    request = asking.request
    became = await asking.store.write(
        reports.report,
        paper_id,
        summary,
        mark,
        language=language,
        platform=request.address.platform,
        person=request.person,
        room="" if request.kind is ChatKind.PRIVATE else request.title,
        now=asking.now,
    )
    return asking.say(_answer(asking, became), private=True)


def _answer(asking: Asking, became: Reported) -> str:
    if became is Reported.AGAIN:
        return asking.gettext("You have told me already. Thank you.")
    if became is Reported.TOO_MANY:
        return asking.gettext("Thank you. I take up to {count} reports from one person a day.", count=MOST_A_DAY)
    if asking.settings.admin_chats:
        return asking.gettext("Thank you for telling me. This summary is marked as doubtful now, and the operator is told.")
    return asking.gettext("Thank you for telling me. This summary is marked as doubtful now.")
