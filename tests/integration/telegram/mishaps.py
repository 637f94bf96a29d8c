"""What can happen in a story of Telegram: to the network, the process, the disk; what people, admins and the operator do."""

import asyncio
import contextlib
import datetime as dt
import sqlite3
from collections import Counter

from bot.delivery.engine import Engine
from bot.delivery.pace import Pace
from bot.errors import DailyPapersError
from bot.settings import Settings
from bot.store import chats, pauses
from tests.fakes.telegram import Fail, Failure, Hang, Person, Reset, Room, TooManyRequests

# telegram-bot-api, Client.cpp; core.telegram.org/api/errors. The chat itself is as it was.
# Some park a chat when they come on three days.
VAGUE = frozenset(
    Fail(400, f"Bad Request: {text}")
    for text in ("chat not found", "not enough rights to send text messages to the chat", "TOPIC_CLOSED")
)
FAULTS: tuple[Failure, ...] = (
    *sorted(VAGUE, key=str),
    Reset(taken=True),
    Reset(taken=True),
    Reset(taken=False),
    Fail(500, "Internal Server Error"),
    Fail(500, "Internal Server Error", taken=True),
    Fail(502, body="<html>502 Bad Gateway</html>"),
    Fail(502, body="<html>502 Bad Gateway</html>", taken=True),
    Fail(504, "Gateway Timeout", taken=True),
    Fail(400, "Bad Request: can't parse entities: Unsupported start tag"),
    Fail(403, body="<html>403 Forbidden</html>"),
    Fail(401, "Unauthorized"),
    TooManyRequests(1),
    TooManyRequests(3600),
    TooManyRequests(0),
    Hang(0.05, taken=True),
    Hang(1.0, taken=True),
)


class Mishaps:
    """The deeds of a story; each notes what it did."""

    def __init__(self, story):
        self.story, self.chance = story, story.chance
        self.told: list[str] = []
        self.counts: Counter[str] = Counter()
        self._background: set[object] = set()
        self._locks: list[sqlite3.Connection] = []
        self._room = None

    def note(self, what, place=None):
        story = self.story
        where = "" if place is None else f" {place.address}"
        self.counts[what] += 1
        self.told.append(f"{story.at:%d %H:%M} life {story.life}, message {story.methods.next_message_id}{where}: {what}")

    def in_the_middle(self):
        """What may happen at an instant at which a message is on its way, by how often."""
        return (
            (self.kill, 4), (self.stop, 3), (self.turn_out, 4), (self.mute, 2), (self.unsubscribe, 3), (self.pause, 2),
            (self.forget, 2), (self.hold, 2), (self.upgrade, 8), (self.close_topic, 4), (self.lock, 2), (self.fill, 2),
            (self.end, 1), (self.subscribe, 1), (self.undo, 4),
        )  # fmt: skip

    # --- The process, its disk ------------------------------------------------------------------------------------------

    async def kill(self, place=None):
        self.kill_now()

    def kill_now(self):
        if self.story.eventful and not self.story.lives.killed:
            self.note("killed")
            self.story.lives.kill()
            self.story.outage = True
            self.story.leaving.set()

    async def stop(self, place=None):
        self.note("stopped")
        self.story.leaving.set()

    async def lock(self, place=None):
        """Another process holds the file's write lock."""
        connection = sqlite3.connect(self.story.lives.path, isolation_level=None, timeout=0.02)
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            connection.close()
            return
        self.note("store locked")
        self._locks.append(connection)
        asyncio.get_running_loop().call_later(self.chance.choice((0.05, 0.3)), connection.close)

    async def fill(self, place=None):
        """The disk is full: there is no page more, and none that is free."""
        store, loop = self.story.cast.store, asyncio.get_running_loop()

        def full():
            writer = store._writer
            writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').fetchone()[0]}")
            for size in (2000, 200, 20):
                with contextlib.suppress(sqlite3.Error):
                    while True:
                        writer.execute("INSERT INTO key_value VALUES ('ballast', hex(randomblob(8)), ?)", ("x" * size,))

        def room():
            store._writer.execute("PRAGMA max_page_count = 1000000")
            store._writer.execute("DELETE FROM key_value WHERE owner = 'ballast'")

        with contextlib.suppress(RuntimeError):  # the store is closed already
            await loop.run_in_executor(store._writer_thread, full)
            self.note("disk full")
            seconds = self.chance.choice((0.1, 0.4))
            self._room = loop.call_later(seconds, lambda: store._writer_thread.submit(room))

    def end_of_life(self):
        for connection in self._locks:
            connection.close()
        self._locks.clear()
        if self._room is not None:
            self._room.cancel()
            self._room = None

    # --- What others do to the bot --------------------------------------------------------------------------------------

    async def turn_out(self, place):
        self.note("turned out", place)
        if isinstance(place.room, Person):
            self.story.block(place.room)
        else:
            self.story.set_bot(place.room, self.chance.choice(("kicked", "left")), place.admin)

    async def mute(self, place):
        if isinstance(place.room, Room):
            self.note("muted", place)
            place.room.members_may_post = place.room.bot_may_post = False
            for one in self.story.places:
                one.muted = one.muted or one.room is place.room

    async def upgrade(self, place):
        """A group becomes a supergroup; half of the time the bot hears of it only by a refused message."""
        heard = self.chance.random() < 0.5
        if place.paired:
            if place.before.migrated_to is None:
                self.note("group and supergroup become one", place)
                place.before.migrated_to = place.room.id
                if heard:
                    self.story._post("message", place.before, {"migrate_to_chat_id": place.room.id})
        elif isinstance(place.room, Room) and place.room.type == "group":
            self.note("becomes a supergroup", place)
            waiting = list(self.story.methods.updates.waiting)
            place.before, place.room = place.room, self.story.upgrade(place.room)
            if not heard:
                self.story.methods.updates.waiting[:] = waiting

    async def close_topic(self, place):
        if place.topic is not None and place.topic in place.room.topics:
            self.note("topic closed", place)
            self.story.close_topic(place.room, place.topic, place.admin)

    async def end(self, place):
        """Nothing will ever be sent here again."""
        if place.paired or self.chance.random() < 0.5:
            return
        self.note("is no more", place)
        if isinstance(place.room, Person):
            place.room.deactivated = place.gone = True
        elif place.topic is not None:
            place.room.topics.pop(place.topic, None)
            place.gone = True
        else:
            place.room.deleted = place.gone = True

    async def undo(self, place):
        """What kept a place from being reached is over, and the bot is told, where Telegram tells."""
        room = place.room
        if isinstance(room, Person):
            if room.blocked and not room.deactivated:
                self.note("unblocked", place)
                self.story.unblock(room)
            return
        if room.bot in {"kicked", "left"}:
            self.note("invited again", place)
            self.story.set_bot(room, "administrator" if room.type == "channel" else "member", place.admin)
        if place.topic in room.closed_topics:
            self.note("topic opened", place)
            self.story.reopen_topic(room, place.topic, place.admin)
        if not room.members_may_post:
            self.note("may write again", place)
            room.members_may_post = room.bot_may_post = True
            await self.story.says(room, place.admin, "/start", topic=place.topic)

    # --- Readers and operators ------------------------------------------------------------------------------------------

    async def unsubscribe(self, place):
        if not place.paired:
            self.note("unsubscribes", place)
            place.unsubscribed = place.ever_unsubscribed = True
            await self.story.says(place.room, place.admin, "/unsubscribe", topic=place.topic)

    async def subscribe(self, place):
        self.note("subscribes", place)
        place.unsubscribed, place.quiet = False, None
        await self.story.says(place.room, place.admin, "/subscribe 09:00 Seoul", topic=place.topic)

    async def pause(self, place):
        self.note("pauses", place)
        until = self.story.at + dt.timedelta(days=self.chance.choice((1, 2)))
        await self.story.says(place.room, place.admin, f"/pause until {until:%Y-%m-%d}", topic=place.topic)

    async def forget(self, place):
        """With all topics of a forum."""
        if place.paired:
            return
        self.note("wants to be forgotten", place)
        since = len(self.story.messages)
        await self.story.says(place.room, place.admin, "/forget", topic=place.topic)
        work = asyncio.create_task(self._press_forget(place, since))
        self._background.add(work)
        work.add_done_callback(self._background.discard)

    async def _press_forget(self, place, since):
        for _ in range(40):
            await asyncio.sleep(0.01)
            for message in self.story.messages[since:]:
                for label in {"Delete everything", "Delete what is kept of this chat"} & set(message.buttons):
                    if place.holds(message):
                        self.note("is forgotten", place)
                        for one in self.story.places:
                            if one.room is place.room:
                                one.forgotten, one.unsubscribed = self.story.methods.next_message_id - 1, True
                        await self.story.presses(place.room, place.admin, message, label)
                        return

    async def hold(self, place):
        self.note("held back by the operator", place)
        with contextlib.suppress(DailyPapersError):
            await self.story.cast.store.write(pauses.pause, self.chance.choice((place.address, None)), now=self.story.at)

    async def let_go(self, place):
        with contextlib.suppress(DailyPapersError):
            await self.story.cast.store.write(pauses.resume, place.address, now=self.story.at)
            await self.story.cast.store.write(pauses.resume, None, now=self.story.at)

    async def deliver_again(self, place, day):
        """The operator sends a day once more, by a command beside the bot."""
        cast = self.story.cast
        engine = Engine(cast.store, {"telegram": cast.adapter}, cast.clock, Pace({}), Settings())
        try:
            chat = cast.store.read_now(chats.chat, place.address)
            if chat is not None and chat.subscription is not None and chat.subscription.active and not chat.parked:
                self.note(f"{day} again", place)
                place.again.add(day)
                async with asyncio.timeout(0.6):
                    await engine.deliver(day, chat=chat, again=True)
        except (DailyPapersError, TimeoutError):
            pass
        finally:
            await engine.stop()
