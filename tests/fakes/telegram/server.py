"""The fake's HTTP server, and what a test does with it: people who write, rooms, faults, waiting for what the bot says."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Self

from aiohttp import web

from tests.fakes.telegram.failures import Fail, Failure, Hang, Migrate, Refusal, Reset, TooManyRequests
from tests.fakes.telegram.inline import InlineAnswer, InlineMessage
from tests.fakes.telegram.methods import Methods
from tests.fakes.telegram.world import (
    CHANNEL_BOT,
    GROUP_ANONYMOUS_BOT,
    Chat,
    Person,
    Room,
    SentMessage,
    Upload,
    chat_json,
    command_entities,
    member_json,
)

# core.telegram.org/bots/api#senddocument: "Bots can currently send files of any type of up to 50 MB in size"
MOST_FILE_BYTES = 50 << 20
TOKEN = "4242:test-token_of-the-fake"
_BOT_ID = 4242


class FakeTelegram:
    """`async with FakeTelegram() as fake:` serves at `fake.url`; the bot is given that as TELEGRAM_API_URL."""

    def __init__(self, token: str = TOKEN, username: str = "DailyPapersBot") -> None:
        self.token = token
        self.bot = {"id": _BOT_ID, "is_bot": True, "first_name": "Daily Papers", "username": username}
        self.bot |= {"supports_inline_queries": True}
        self.methods = Methods(self.bot)
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.outage = False  # every connection breaks, and nothing is taken
        self._failures: dict[int, deque[Failure]] = {}
        self._method_failures: dict[str, deque[Failure]] = {}
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = 0
        self._room_number = 0

    # --- The server --------------------------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.up()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.methods.updates.close()
        await self.down()

    async def up(self) -> None:
        """Start to listen, on the same port as before `down`."""
        app = web.Application(client_max_size=MOST_FILE_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def down(self) -> None:
        """Stop listening and break every connection, as a network that is gone."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            # ClientManager.cpp: 401 "Unauthorized: invalid token specified"; the cloud's answer is the bare word.
            return _json(Refusal(401, "Unauthorized"))
        try:
            arguments = await _arguments(request)
        except web.HTTPRequestEntityTooLarge:
            return _json(Refusal(413, "Request Entity Too Large"))
        method = request.match_info["method"]
        self.calls.append((method, arguments))
        if self.outage:
            return _break(request)
        try:
            response = await self._scripted(request, method.lower(), arguments)
            if response is None:
                response = web.json_response({"ok": True, "result": await self._take(method, arguments)})
        except Refusal as refusal:
            response = _json(refusal)
        self._changed.set()
        return response

    async def show(self, message: SentMessage) -> None:
        """A message was taken, and is not answered yet."""

    async def _take(self, method: str, arguments: Mapping[str, str]) -> Any:
        before = len(self.messages)
        result = await self.methods.call(method, arguments)
        if method.lower().startswith("send") and len(self.messages) > before:
            await self.show(self.messages[before])
        return result

    async def _scripted(self, request: web.Request, method: str, arguments: Mapping[str, str]) -> web.StreamResponse | None:
        """The next scripted fault for this call, or None when it is to be answered as usual."""
        queue = self._method_failures.get(method)
        if not queue and method in {"sendmessage", "sendphoto"}:
            with contextlib.suppress(ValueError):
                queue = self._failures.get(int(arguments.get("chat_id", "")))
        if not queue:
            return None
        match queue.popleft():
            case TooManyRequests(seconds):
                text = f"Too Many Requests: retry after {seconds}"
                return _json(Refusal(429, text, **({"retry_after": seconds} if seconds else {})))
            case Fail(code, description, body, taken):
                if taken:
                    await self._take(method, arguments)
                return web.Response(status=code, text=body) if body is not None else _json(Refusal(code, description))
            case Migrate(to):
                text = "Bad Request: group chat was upgraded to a supergroup chat"
                return _json(Refusal(400, text, migrate_to_chat_id=to))
            case Reset(taken):
                if taken:
                    await self._take(method, arguments)
                return _break(request)
            case Hang(seconds, taken):
                result = await self._take(method, arguments) if taken else None
                await asyncio.sleep(seconds)
                if taken:
                    return web.json_response({"ok": True, "result": result})
        return None

    # --- People and rooms --------------------------------------------------------------------------------------------

    def person(self, number: int, language: str | None = "ko", name: str = "Minji", *, started: bool = True) -> Person:
        """Somebody with a private chat; `started` false for one who never wrote to the bot."""
        made = Person(number, name, language, started)
        self.methods.chats[number] = made
        return made

    def group(self, title: str = "Readers", *, admins: tuple[Person, ...] = (), bot: str = "member") -> Room:
        """A basic group."""
        return self._room("group", title, admins, bot)

    def supergroup(
        self,
        title: str = "Lab",
        *,
        admins: tuple[Person, ...] = (),
        bot: str = "member",
        topics: Mapping[int, str] | None = None,
    ) -> Room:
        """A supergroup; a forum when it has `topics` (by thread id; General is always there and has none)."""
        room = self._room("supergroup", title, admins, bot)
        room.topics = dict(topics or {})
        return room

    def channel(self, title: str = "Papers", *, admins: tuple[Person, ...] = (), bot: str = "administrator") -> Room:
        return self._room("channel", title, admins, bot)

    def _room(self, kind: str, title: str, admins: tuple[Person, ...], bot: str) -> Room:
        self._room_number += 1
        # core.telegram.org/api/bots/ids: basic groups count down from -1, supergroups and channels from -10^12.
        number = -self._room_number if kind == "group" else -1_000_000_000_000 - self._room_number
        room = Room(number, kind, title, {person.id for person in admins}, bot)
        self.methods.chats[number] = room
        return room

    def upgrade(self, group: Room) -> Room:
        """Make a basic group a supergroup: both are told, and the old number answers with the new one."""
        new = self._room("supergroup", group.title, (), group.bot)
        new.admins, group.migrated_to = group.admins, new.id
        self._post("message", group, {"migrate_to_chat_id": new.id})
        self._post("message", new, {"migrate_from_chat_id": group.id})
        return new

    # --- What people do ----------------------------------------------------------------------------------------------

    async def says(
        self,
        chat: Chat,
        person: Person | None,
        text: str,
        *,
        topic: int | None = None,
        anonymous: bool = False,
        in_name_of: Room | None = None,
        edited: bool = False,
        **fields: Any,
    ) -> None:
        """`person` writes `text`. `anonymous`: as the group itself; `in_name_of`: as a channel of theirs."""
        if isinstance(chat, Person):
            chat.started = True
        body: dict[str, Any] = {"text": text}
        if entities := command_entities(text):
            body["entities"] = entities
        if topic is not None:
            body |= {"message_thread_id": topic, "is_topic_message": True}
        kind = "message"
        if isinstance(chat, Room) and chat.type == "channel":
            kind, body = "channel_post", body | {"sender_chat": chat.json()}
        elif anonymous:
            stand_in = {"id": GROUP_ANONYMOUS_BOT, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
            body |= {"from": stand_in, "sender_chat": chat_json(chat)}
        elif in_name_of is not None:
            stand_in = {"id": CHANNEL_BOT, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
            body |= {"from": stand_in, "sender_chat": in_name_of.json()}
        elif person is not None:
            body["from"] = person.json()
        self._post(f"edited_{kind}" if edited else kind, chat, body | fields)

    async def presses(self, chat: Chat, person: Person, message: SentMessage, button: str, *, old: bool = False) -> str:
        """`person` presses a button of a message, by its label or its data; gives the query's id.

        `old`: of a message that the bot is no longer shown (core.telegram.org/bots/api#inaccessiblemessage).
        """
        (message,) = [one for one in self.in_chat(chat) if one.message_id == message.message_id]  # as it stands now
        found = [one for row in message.keyboard for one in row if button in {one["text"], one.get("callback_data")}]
        assert found, f"no button '{button}' among {message.buttons}"
        assert "callback_data" in found[0], f"'{button}' opens {found[0].get('url')}"
        query = self.methods.presses.begin()
        shown = message.json(chat, self.bot)
        if old:
            shown = {"chat": shown["chat"], "message_id": shown["message_id"], "date": 0}
        body = {
            "id": query, "from": person.json(), "message": shown, "chat_instance": f"instance-{chat.id}",
            "data": found[0]["callback_data"],
        }  # fmt: skip
        self.methods.updates.add("callback_query", body)
        return query

    async def types(
        self, person: Person, text: str, *, offset: str = "", wait: bool = True, seconds: float = 5
    ) -> InlineAnswer:
        """`person` types `@bot text` in some chat; what they are shown, once the bot has answered (`wait`)."""
        query = self.methods.inline.begin()
        # core.telegram.org/bots/api#inlinequery: "Text of the query (up to 256 characters)"
        body = {"id": query, "from": person.json(), "query": text[:256], "offset": offset, "chat_type": "group"}
        self.methods.updates.add("inline_query", body)
        answers = self.methods.inline.answers
        if not wait:
            return InlineAnswer([], "", None, 0, personal=False)
        await self.until(lambda: query in answers, seconds, lambda: f"'{text}' was not answered")
        return answers[query]

    async def presses_inline(self, message: InlineMessage, person: Person, button: str) -> str:
        """`person` presses a button of what somebody has put into a chat: the bot is shown no message of it."""
        found = [one for row in message.keyboard for one in row if button in {one["text"], one.get("callback_data")}]
        assert found, f"no button '{button}' among {message.buttons}"
        query = self.methods.presses.begin()
        # core.telegram.org/bots/api#callbackquery, inline_message_id
        body = {
            "id": query, "from": person.json(), "inline_message_id": message.id, "chat_instance": "instance-elsewhere",
            "data": found[0]["callback_data"],
        }  # fmt: skip
        self.methods.updates.add("callback_query", body)
        return query

    async def answer_to(self, query: str, seconds: float = 5) -> str:
        """What the person who pressed was shown, "" for nothing, once the bot has answered."""
        answers = self.methods.presses.answers
        await self.until(lambda: query in answers, seconds, lambda: f"the press {query} was not answered")
        return answers[query]

    def block(self, person: Person) -> None:
        person.blocked = True
        self._membership(person, person, "member", "kicked")

    def unblock(self, person: Person) -> None:
        person.blocked = False
        self._membership(person, person, "kicked", "member")

    def set_bot(self, room: Room, status: str, by: Person) -> None:
        """Invite, promote, restrict or remove the bot."""
        before, room.bot = room.bot, status
        self._membership(room, by, before, status)

    def close_topic(self, room: Room, topic: int, by: Person) -> None:
        room.closed_topics.add(topic)
        self._tell_of_topic(room, topic, by, "forum_topic_closed")

    def reopen_topic(self, room: Room, topic: int, by: Person) -> None:
        room.closed_topics.discard(topic)
        self._tell_of_topic(room, topic, by, "forum_topic_reopened")

    def _tell_of_topic(self, room: Room, topic: int, by: Person, what: str) -> None:
        """core.telegram.org/bots/api#message: a service message in the topic."""
        body = {"from": by.json(), "message_thread_id": topic, "is_topic_message": True, what: {}}
        self._post("message", room, body)

    def set_may_post(self, room: Room, may_post: bool, by: Person) -> None:
        """Give the bot the right to write, or take it, by itself; of what everybody may, bots are not told."""
        before, room.bot_may_post = room.bot_may_post, may_post
        self._membership(room, by, room.bot, room.bot, rights=(before, may_post))

    def _membership(
        self, chat: Chat, by: Person, before: str, after: str, rights: tuple[bool, bool] = (True, True)
    ) -> None:
        body = {
            "chat": chat_json(chat),
            "from": by.json(),
            "date": int(time.time()),
            "old_chat_member": member_json(self.bot, before, may_post=rights[0]),
            "new_chat_member": member_json(self.bot, after, may_post=rights[1]),
        }
        self.methods.updates.add("my_chat_member", body)

    def _post(self, kind: str, chat: Chat, body: dict[str, Any]) -> None:
        number = self.methods.next_message_id
        self.methods.next_message_id += 1
        head = {"message_id": number, "date": int(time.time()), "chat": chat_json(chat)}
        self.methods.updates.add(kind, head | body)

    # --- Faults, and what the bot said -------------------------------------------------------------------------------

    def fail(self, chat: Chat | int, *failures: Failure) -> None:
        """The next messages to `chat` meet these, one each."""
        self._failures.setdefault(chat if isinstance(chat, int) else chat.id, deque()).extend(failures)

    def fail_method(self, method: str, *failures: Failure) -> None:
        """The next calls of `method` meet these, one each."""
        self._method_failures.setdefault(method.lower(), deque()).extend(failures)

    @property
    def messages(self) -> list[SentMessage]:
        """Everything the bot said, in order."""
        return self.methods.messages

    def in_chat(self, chat: Chat | int) -> list[SentMessage]:
        number = chat if isinstance(chat, int) else chat.id
        return [message for message in self.methods.messages if message.chat_id == number]

    async def wait_for(
        self,
        chat: Chat | int,
        count: int = 1,
        *,
        where: Callable[[SentMessage], bool] = lambda _: True,
        seconds: float = 5,
    ) -> list[SentMessage]:
        """The messages in `chat` that satisfy `where`, once there are `count`; raises AssertionError after `seconds`."""
        found: list[SentMessage] = []

        def enough() -> bool:
            found[:] = [message for message in self.in_chat(chat) if where(message)]
            return len(found) >= count

        await self.until(enough, seconds, lambda: f"{len(found)} of {count} messages came: {self.in_chat(chat)}")
        return found

    async def until(self, true: Callable[[], bool], seconds: float = 5, why: Callable[[], str] = str) -> None:
        """Wait until `true()`; it is looked at after every call of the bot, and every 50 ms."""
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end:
                raise AssertionError(why() or f"not so within {seconds} s")
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.05):
                    await self._changed.wait()

    def count_calls(self, method: str) -> int:
        return sum(name.lower() == method.lower() for name, _ in self.calls)


async def _arguments(request: web.Request) -> dict[str, str]:
    """core.telegram.org/bots/api#making-requests: the query, a form, or JSON; values that are not texts as JSON texts."""
    found = dict(request.query)
    if request.content_type == "application/json" and request.body_exists:
        import json

        for name, value in (await request.json()).items():
            found[name] = value if isinstance(value, str) else json.dumps(value)
    elif request.body_exists:
        for name, value in (await request.post()).items():
            found[name] = Upload(value.filename, value.file.read()) if isinstance(value, web.FileField) else str(value)
    return found


def _break(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _json(refusal: Refusal) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": refusal.description}
    if refusal.parameters:
        body["parameters"] = refusal.parameters
    return web.json_response(body, status=refusal.code)
