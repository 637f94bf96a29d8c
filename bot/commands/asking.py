"""One question and who asks it: what every handler is given, with ways to build plain answers from sentences."""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bot.commands.library import Library
from bot.commands.zone_guess import guessed_zone
from bot.delivery.due import zone_of
from bot.digest.compose import RUN, day_name
from bot.locales import translator
from bot.message import Button, Message
from bot.model import TERMINAL, Chat, ChatKind, Choice, Filters, Subscription
from bot.ports import Request
from bot.settings import Settings
from bot.store.connection import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A question. `chat` is None for a chat that the store does not know; `now` is the instant when it was asked.

    Asked `elsewhere`, `request` and `chat` are those of a channel or group that an admin speaks of in a private chat.
    """

    request: Request
    arguments: str
    chat: Chat | None
    language: str
    now: dt.datetime
    settings: Settings
    library: Library
    elsewhere: bool = False

    @property
    def store(self) -> Store:
        return self.library.store

    @property
    def in_private(self) -> bool:
        return self.request.kind is ChatKind.PRIVATE

    @property
    def place(self) -> str:
        """The name of the chat elsewhere that is spoken of, with its topic's number; "" of the one where it is asked."""
        if not self.elsewhere:
            return ""
        address = self.request.address
        return (self.request.title or address.chat_id) + (f"/{address.topic_id}" if address.topic_id else "")

    @property
    def order(self) -> Subscription:
        """The chat's subscription, or the one that it would begin with."""
        if self.chat is not None and self.chat.subscription is not None:
            return self.chat.subscription
        # A group has no one app whose language could say where its people are.
        spoken = self.request.language if self.in_private else self.language
        zone = guessed_zone(spoken, self.settings.default_language, self.settings.default_time_zone)
        return Subscription(time_zone=zone, local_time=self.settings.default_time)

    @property
    def choice(self) -> Choice:
        """What the chat wants to see of a day that somebody asks for, without the filters, which are only for digests."""
        if self.chat is None:
            return Choice(language=self.language)
        return replace(self.chat.choice(), filters=Filters())

    @property
    def today(self) -> dt.date:
        """The present day where the chat is."""
        return self.now.astimezone(zone_of(self.order.time_zone)).date()

    def gettext(self, sentence: str, /, **fields: object) -> str:
        """`sentence` in the chat's language, its `{fields}` filled in."""
        return translator(self.language).gettext(sentence).format(**fields)

    def ngettext(self, one: str, many: str, count: int, /, **fields: object) -> str:
        """The form of a sentence for `count` things, in the chat's language."""
        return translator(self.language).ngettext(one, many, count).format(**fields)

    def day_name(self, day: dt.date) -> str:
        """`2024-03-28 (목)`."""
        return day_name(day, self.language)

    def say(self, *paragraphs: str, private: bool = False, offers: Iterable[str | tuple[str, str]] = ()) -> list[Message]:
        """An answer of sentences, "" left out; a `private` one is for the asker alone, where the platform can do that.

        What is said of a chat elsewhere begins with its name. `offers` are command lines that were perhaps meant, each
        alone or with what it is of: they stand after the first sentence, as buttons.
        """
        lines = [(offer, "") if isinstance(offer, str) else offer for offer in offers]
        buttons = self.running(*((of or line, line) for line, of in lines))
        first, *rest = paragraphs
        perhaps = ""
        if buttons:
            perhaps = self.gettext("Perhaps you meant:")
        elif lines:
            listed = " · ".join(f"{line} ({of})" if of else line for line, of in lines)
            perhaps = self.gettext("Perhaps you meant: {offers}", offers=listed)
        said = tuple(filter(None, (first, perhaps, *rest)))
        return [Message(heading=self.place, paragraphs=said, buttons=buttons, private=private)]

    def running(self, *commands: tuple[str, str]) -> tuple[Button, ...]:
        """A button for each of these labels and command lines, which does what the line does when it is typed.

        None where not all of them fit into one, or hold what cannot be shown (half characters), nor in a terminal, where
        lines are typed.
        """
        made = tuple(Button(label, action=f"{RUN}:{line}", row=row) for row, (label, line) in enumerate(commands))
        typed = self.request.address.platform == TERMINAL
        fit = all(button.acts and button.action.isprintable() for button in made)
        return made if fit and not typed else ()


Handler = Callable[[Asking], Awaitable[Sequence[Message]]]
