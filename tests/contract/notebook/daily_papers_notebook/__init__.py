"""A whole adapter in fifty lines: the chat is a file. What is sent is appended; lines of FILE.in are asked."""

import asyncio
from pathlib import Path

from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import AdapterContext, Inbox, NotSent, Outcome, Rejected, Request, Sent, Unreachable


class Notebook:
    platform = "notebook"

    def __init__(self, file: Path) -> None:
        self.file, self.inbox, self.closed = file, file.with_suffix(".in"), asyncio.Event()

    async def open(self) -> None:
        self.file.touch()

    async def send(
        self,
        address: Address,
        message: Message,
        *,
        key: str = "",
        container_id: str = "",
        plain: bool = False,
        in_doubt: bool = False,
    ) -> Outcome:
        if address.chat_id != self.file.name:
            return Unreachable(f"there is no notebook '{address.chat_id}'")
        if self.closed.is_set():
            return NotSent("the notebook is closed")
        lines = [message.heading, message.link, message.facts, message.authors and message.authors.text()]
        lines += [*message.paragraphs, *message.bullets, message.code]
        lines += [f"{entry.number}. {entry.title} {entry.facts} {entry.link}" for entry in message.entries]
        lines += [message.footer, *(f"{button.label}: {button.url}" for button in message.buttons if button.url)]
        page = "\n".join(line for line in lines if line).replace("\f", " ")
        if not page.strip():
            return Rejected("a page needs words")
        with self.file.open("a", encoding="utf-8", errors="replace") as notebook:
            notebook.write(page + "\n\f\n")
        return Sent(str(self.file.stat().st_size))

    async def listen(self, inbox: Inbox) -> None:
        here = Address(self.platform, self.file.name)
        while not self.closed.is_set():
            if self.inbox.exists() and self.inbox.stat().st_size:
                taken = self.inbox.replace(self.inbox.with_suffix(".taken"))
                for line in taken.read_text(encoding="utf-8").splitlines():
                    reply = lambda said: self.send(here, said)  # noqa: E731
                    await inbox.ask(Request(address=here, kind=ChatKind.PRIVATE, text=line, reply=reply))
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        self.closed.set()


def create(context: AdapterContext) -> Notebook | None:
    file = context.environment.get("NOTEBOOK_FILE")
    return Notebook(Path(file)) if file else None
