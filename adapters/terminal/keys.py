"""What is typed in place of pressing a button: `/!3`, as its hint says; in a list just its number, `<` or `>`."""

from bot.message import Button, Message

# The number after it counts the buttons that were shown.
PRESS = "/!"
# The buttons that turn a list's pages, and what a keyboard has for them.
_TURNING = {"‹": "<", "›": ">"}


class Keys:
    """The buttons that somebody has before their eyes. Numbers and arrows alone speak of the last list that was shown."""

    def __init__(self) -> None:
        self._counted: list[str] = []
        self._alone: dict[str, str] = {}

    def shown(self, message: Message) -> dict[str, str]:
        """What to type for each of the message's actions, "" where nothing is; an action keeps its number."""
        hints = {}
        alone = {}
        for button in message.buttons:
            if not button.acts:
                continue
            if button.inert:
                hints[button.action] = ""
            elif key := key_of(button):
                hints[button.action] = key
                alone[key] = button.action
            else:
                if button.action not in self._counted:
                    self._counted.append(button.action)
                hints[button.action] = f"{PRESS}{self._counted.index(button.action) + 1}"
        if alone:
            self._alone = alone
        return hints

    def pressed(self, text: str) -> str:
        """The action of the button that was typed, "" for anything else."""
        if text in self._alone:
            return self._alone[text]
        number = text.removeprefix(PRESS)
        if number == text or not (number.isascii() and number.isdigit()) or len(number) > 9:
            return ""
        return self._counted[int(number) - 1] if 0 < int(number) <= len(self._counted) else ""


def key_of(button: Button) -> str:
    """What is typed alone for a button of a list; "" for a button of another kind."""
    if button.label.isascii() and button.label.isdigit():
        return button.label
    return _TURNING.get(button.label, "")
