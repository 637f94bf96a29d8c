"""A whole adapter in forty lines: the chat is a file. What is sent is appended; lines of FILE.in are asked."""

import asyncio
from pathlib import Path

from bot.message import Message
from bot.model import Address, ChatKind
from bot.ports import AdapterContext, Inbox, Outcome, Rejected, Request, Sent, Unreachable


class Notebook:
    platform = "notebook"

    def __init__(self, file: Path) -> None:
        self.file, self.inbox, self.closed = file, file.with_suffix(".in"), asyncio.Event()

    async def open(self) -> None:
        self.file.touch()

    async def send(
        self, address: Address, message: Message, *, key: str = "", container_id: str = "", plain: bool = False
    ) -> Outcome:
        if address.chat_id != self.file.name:
            return Unreachable(f"there is no notebook '{address.chat_id}'")
        lines = [message.heading, message.link, message.authors and message.authors.text(), *message.paragraphs, *message.bullets]
        lines += [f"{entry.number}. {entry.title} {entry.link}" for entry in message.entries] + [message.footer]
        page = "\n".join(line for line in lines if line)
        if not page.strip():
            return Rejected("a page needs words")
        with self.file.open("a", encoding="utf-8", errors="replace") as notebook:
            notebook.write(page + "\n\f\n")
        return Sent(str(self.file.stat().st_size))

    async def listen(self, inbox: Inbox) -> None:
        address = Address(self.platform, self.file.name)
        while not self.closed.is_set():
            asked = self.inbox.read_text(encoding="utf-8").splitlines() if self.inbox.exists() else []
            self.inbox.unlink(missing_ok=True)
            for line in asked:
                await inbox.ask(
                    Request(address=address, kind=ChatKind.PRIVATE, text=line, reply=lambda said: self.send(address, said))
                )
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        self.closed.set()


def create(context: AdapterContext) -> Notebook | None:
    file = context.environment.get("NOTEBOOK_FILE")
    return Notebook(Path(file)) if file else None
