"""Where the bot is not a member and only came along with a person: it answers there, but can send nothing later."""

from collections.abc import Sequence

from bot.commands.asking import Asking
from bot.message import Message

# Commands that speak of a chat's own digests, which there are none of there.
AT_HOME = frozenset({"subscribe", "unsubscribe", "settings", "filter", "pause", "resume", "preview", "history", "forget"})


def not_here(asking: Asking) -> Sequence[Message]:
    """What is said to such a command, and to such a button."""
    return asking.say(
        asking.gettext("Here I can only answer: I am not a member of this place, so nothing can be sent to it later."),
        asking.gettext(
            "Write to me directly, or have me added to the server; there /subscribe brings the papers every day."
        ),
        private=True,
    )
