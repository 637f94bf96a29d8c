"""A person who taps the buttons of one message, which changes in place as on a platform."""

from dataclasses import dataclass, field
from typing import Any

from bot.message import Message
from bot.ports import Sent
from tests.unit.commands.conftest import Scene, all_words


@dataclass
class Tapping:
    """`message` is what stands there now, `notices` what the person was told beside it, `sent` what came below."""

    scene: Scene
    message: Message
    changes: dict[str, Any]
    notices: list[str] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def labels(self) -> list[str]:
        return [button.label for button in self.message.buttons]

    def action(self, label: str) -> str:
        (found,) = [button.action for button in self.message.buttons if button.label.removeprefix("✓ ") == label]
        return found

    def is_ticked(self, label: str) -> bool:
        return f"✓ {label}" in self.labels()

    def words(self) -> str:
        return all_words([self.message])

    async def tap(self, label: str, **changes) -> str:
        """Tap a button by its label, with or without its mark; gives what the message says then."""
        return await self.press(self.action(label), **changes)

    async def press(self, action: str, **changes) -> str:
        async def edit(message):
            self.message = message
            return Sent("1")

        async def notice(text):
            self.notices.append(text)

        for answer in await self.scene.ask("", action=action, edit=edit, notice=notice, **(self.changes | changes)):
            said = all_words([answer])
            if answer == Message(paragraphs=answer.paragraphs, private=True):
                self.notices.append(said)
            else:
                self.sent.append(answer)
        return self.words()


async def tapping(scene: Scene, text: str, **changes) -> Tapping:
    """Begin with the one message that answers `text`."""
    (message,) = await scene.ask(text, **changes)
    return Tapping(scene, message, changes)
