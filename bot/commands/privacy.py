"""/privacy: what is kept, why, and how it is deleted. Every table about chats or people must be covered by a line here."""

from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.message import Message
from bot.store.deliveries import MESSAGES_KEPT


async def privacy(asking: Asking) -> Sequence[Message]:
    """Short, and in the chat's language."""
    lines = (
        asking.gettext(
            "Of a chat: its number, name, language and settings, so that its papers come at its hour and in its language."
        ),
        asking.gettext(
            "Which days it was sent, so that nothing comes twice; the numbers of those messages for {days} days.",
            days=MESSAGES_KEPT.days,
        ),
        asking.gettext(
            "Of you, under your number: the papers that you save, the summaries that you report, and what /random showed "
            "you last, so that it shows another."
        ),
        asking.gettext("Words of long searches, without who asked, so that the buttons under old answers still work."),
        asking.gettext(
            "What else you write is answered and not kept. The operator's log has numbers of chats, for faults."
        ),
        asking.gettext(
            "Hugging Face and arXiv are asked for days and ids of papers, never told who asks. Nobody else learns anything."
        ),
    )
    return [
        Message(
            heading=asking.gettext("What I keep, and why"),
            bullets=lines,
            footer=asking.gettext("/forget deletes what I keep of you. /saved and /history show it."),
        )
    ]
