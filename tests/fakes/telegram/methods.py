"""The Bot API's methods that the bot calls, with their refusals. Each refusal names where the real one comes from.

"Client.cpp" is github.com/tdlib/telegram-bot-api, telegram-bot-api/Client.cpp.
"""

import dataclasses
import datetime as dt
import json
import re
from collections import deque
from collections.abc import Mapping
from typing import Any

from bot.message import utf16_length
from tests.fakes.telegram import html
from tests.fakes.telegram.failures import Refusal, bad_request, forbidden
from tests.fakes.telegram.inline import Inline
from tests.fakes.telegram.keyboards import checked_keyboard, checked_preview
from tests.fakes.telegram.presses import Presses
from tests.fakes.telegram.updates import Updates
from tests.fakes.telegram.world import Chat, Person, Room, SentMessage, Upload, chat_json, full_chat_json, member_json


class Methods:
    """State and methods of one bot. `chats` holds people and rooms by number."""

    def __init__(self, bot: dict[str, Any]) -> None:
        self.bot = bot
        self.chats: dict[int, Chat] = {}
        self.messages: list[SentMessage] = []
        self.commands: dict[str, list[dict[str, str]]] = {}
        self.actions: list[tuple[int, int | None, str]] = []
        self.updates = Updates()
        self.chat_limit: tuple[int, float] | None = None  # messages in seconds, for each chat; more are answered 429
        self.edits = 0
        self.photos: dict[str, Upload] = {}
        self.next_message_id = 1
        self._sent_at: dict[int, deque[float]] = {}
        self.presses = Presses(bot["username"])
        self.inline = Inline()

    async def call(self, method: str, arguments: Mapping[str, str]) -> Any:
        """The method's result; raises Refusal."""
        match method.lower():
            case "getme":
                return self.bot
            case "getupdates":
                return await self.updates.poll(arguments)
            case "deletewebhook":
                return self.updates.drop_webhook(arguments)
            case "setwebhook":
                return self.updates.set_webhook(arguments)
            case "getwebhookinfo":
                return self.updates.webhook_info()
            case "setmycommands":
                return self._set_commands(arguments)
            case "getmycommands":
                return self.commands.get(arguments.get("language_code", ""), [])
            case "sendmessage":
                return self._send_message(arguments)
            case "senddocument":
                return self._send_document(arguments)
            case "sendphoto":
                return self._send_photo(arguments)
            case "editmessagetext":
                return self._edit_message(arguments)
            case "answerinlinequery":
                return self.inline.answer(arguments)
            case "answercallbackquery":
                return self.presses.answer(arguments)
            case "sendchataction":
                return self._send_action(arguments)
            case "getchatmember":
                return self._chat_member(arguments)
            case "getchat":
                chat = self.readable(arguments)
                return full_chat_json(chat) if isinstance(chat, Room) else chat_json(chat)
        raise Refusal(404, "Not Found: method not found")  # ClientManager.cpp and Client.cpp, for an unknown method

    # --- Chats -------------------------------------------------------------------------------------------------------

    def readable(self, arguments: Mapping[str, str]) -> Chat:
        """The chat of `chat_id`, if the bot may know it (Client.cpp, check_chat and check_chat_access)."""
        written = arguments.get("chat_id", "")
        if not written:
            raise bad_request("chat_id is empty")
        chat = self.chats.get(int(written)) if re.fullmatch(r"-?\d+", written) else None
        if written.startswith("@"):
            # Client.cpp, check_chat: searched among public names; getChat's page has them for supergroups and channels only.
            rooms = (room for room in self.chats.values() if isinstance(room, Room) and room.username)
            chat = next((room for room in rooms if room.username.casefold() == written[1:].casefold()), None)
        if chat is None:
            raise bad_request("chat not found")
        if isinstance(chat, Person):
            self._check_person(chat)
        else:
            self._check_room(chat)
        return chat

    def _check_person(self, person: Person) -> None:
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        if not person.started:
            raise forbidden("bot can't initiate conversation with a user")

    def _check_room(self, room: Room) -> None:
        if room.migrated_to:
            # Client.cpp: the old group answers with `migrate_to_chat_id` (core.telegram.org/bots/api#responseparameters).
            text = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, text, migrate_to_chat_id=room.migrated_to)
        if room.deleted:
            raise forbidden("the group chat was deleted")
        if room.bot == "kicked":
            raise forbidden(f"bot was kicked from the {room.type} chat")
        if room.bot == "left":
            raise forbidden(f"bot is not a member of the {room.type} chat")

    def writable(self, arguments: Mapping[str, str]) -> tuple[Chat, int | None]:
        """The chat and thread of a message, if the bot may write there."""
        chat = self.readable(arguments)
        thread = int(arguments["message_thread_id"]) if arguments.get("message_thread_id") else None
        if isinstance(chat, Person):
            return chat, thread
        if chat.type == "channel" and (chat.bot not in {"administrator", "creator"} or not chat.bot_may_post):
            raise bad_request("need administrator rights in the channel chat")  # Client.cpp, check_chat_access
        if chat.type != "channel" and self._is_muted(chat):
            raise bad_request("not enough rights to send text messages to the chat")  # TDLib, MessageContent.cpp
        if thread is not None and thread not in chat.topics:
            # Client.cpp, check_reply_parameters. General is no thread either: it is written to without an id.
            raise bad_request("message thread not found")
        if thread in chat.closed_topics and chat.bot != "administrator":
            raise bad_request("TOPIC_CLOSED")  # core.telegram.org/method/messages.sendMessage, possible errors
        return chat, thread

    def _is_muted(self, room: Room) -> bool:
        if room.bot in {"administrator", "creator"}:
            return False
        return not (room.bot_may_post if room.bot == "restricted" else room.members_may_post)

    # --- Messages ----------------------------------------------------------------------------------------------------

    def _send_message(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        chat, thread = self.writable(arguments)
        text, mode = arguments.get("text", ""), arguments.get("parse_mode", "")
        parsed, entities = _text_of(text, mode)
        keyboard, preview = checked_keyboard(arguments), checked_preview(arguments)
        self._count(chat.id)
        message = SentMessage(
            chat_id=chat.id,
            thread_id=thread,
            message_id=self.next_message_id,
            text=parsed,
            html=text if mode else None,
            entities=tuple(entities),
            preview=preview,
            keyboard=keyboard,
            silent=arguments.get("disable_notification", "").lower() == "true",
            at=dt.datetime.now(dt.UTC),
        )
        self.next_message_id += 1
        self.messages.append(message)
        return message.json(chat, self.bot)

    def _send_document(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        """core.telegram.org/bots/api#senddocument; only files that come with the request are played here."""
        chat, thread = self.writable(arguments)
        file, caption = arguments.get("document"), arguments.get("caption", "")
        if not isinstance(file, Upload):
            raise bad_request("there is no document in the request")  # Client.cpp, get_input_file
        if not file.content:
            raise bad_request("file must be non-empty")  # Client.cpp, fail_query_with_error, from TDLib's FileManager.cpp
        return self._keep_captioned(arguments, chat, thread, caption, file=file)

    def _send_photo(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        """core.telegram.org/bots/api#sendphoto: a file of the request, or one that Telegram has, by its `file_id`."""
        chat, thread = self.writable(arguments)
        photo = arguments.get("photo", "")
        if isinstance(chat, Room) and chat.type != "channel" and not chat.photos_allowed:
            # TDLib, MessageContent.cpp (can_send_message_content)
            raise bad_request("not enough rights to send photos to the chat")
        if not photo:
            raise bad_request("there is no photo in the request")  # Client.cpp, get_input_file
        if isinstance(photo, Upload):
            if not photo.content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
                raise bad_request("IMAGE_PROCESS_FAILED")  # core.telegram.org/method/messages.sendMedia, possible errors
            file = photo
            self.photos[f"photo-{len(self.photos)}"] = file
        elif photo in self.photos:
            file = self.photos[photo]
        else:
            # Client.cpp, fail_query_with_error, from TDLib's FileManager.cpp
            raise bad_request("wrong remote file identifier specified: Wrong padding in the string")
        made = self._keep_captioned(arguments, chat, thread, arguments.get("caption", ""), photo=file)
        name = next(name for name, kept in self.photos.items() if kept is file)
        sizes = ((320, 168), (1200, 630))  # core.telegram.org/bots/api#photosize
        made["photo"] = [
            {
                "file_id": name if width == 1200 else f"{name}-s",
                "file_unique_id": f"{name}-{width}",
                "width": width,
                "height": height,
            }
            for width, height in sizes
        ]
        return made

    def _keep_captioned(
        self,
        arguments: Mapping[str, str],
        chat: Chat,
        thread: int | None,
        caption: str,
        *,
        file: Upload | None = None,
        photo: Upload | None = None,
    ) -> dict[str, Any]:
        mode = arguments.get("parse_mode", "")
        parsed, entities = _text_of(caption, mode) if caption else ("", [])
        if utf16_length(parsed) > 1024:
            raise bad_request("message caption is too long")  # Client.cpp, for MEDIA_CAPTION_TOO_LONG
        self._count(chat.id)
        message = SentMessage(
            chat_id=chat.id,
            thread_id=thread,
            message_id=self.next_message_id,
            text=parsed,
            html=caption if mode else None,
            entities=tuple(entities),
            preview=None,
            keyboard=checked_keyboard(arguments),
            silent=arguments.get("disable_notification", "").lower() == "true",
            at=dt.datetime.now(dt.UTC),
            file=file,
            photo=photo,
        )
        self.next_message_id += 1
        self.messages.append(message)
        return message.json(chat, self.bot)

    def _edit_message(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        """core.telegram.org/bots/api#editmessagetext; a keyboard that is not given is taken away."""
        chat = self.readable(arguments)
        if isinstance(chat, Room) and chat.type != "channel" and self._is_muted(chat):
            raise bad_request("not enough rights to edit messages in the chat")
        number = int(arguments.get("message_id", "0"))
        place = [at for at, one in enumerate(self.messages) if (one.chat_id, one.message_id) == (chat.id, number)]
        if not place:
            raise bad_request("message to edit not found")  # Client.cpp, check_message
        before = self.messages[place[0]]
        if before.file is not None or before.photo is not None:
            raise bad_request("there is no text in the message to edit")  # TDLib, MessagesManager.cpp, edit_message_text
        text, mode = arguments.get("text", ""), arguments.get("parse_mode", "")
        parsed, entities = _text_of(text, mode)
        after = dataclasses.replace(
            before,
            text=parsed,
            html=text if mode else None,
            entities=tuple(entities),
            preview=checked_preview(arguments),
            keyboard=checked_keyboard(arguments),
        )
        if (after.text, after.entities, after.keyboard) == (before.text, before.entities, before.keyboard):
            # Client.cpp, fail_query_with_error, for MESSAGE_NOT_MODIFIED
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same as a current "
                "content and reply markup of the message"
            )
        self.messages[place[0]] = after
        self.edits += 1
        return after.json(chat, self.bot)

    def _count(self, chat: int) -> None:
        if self.chat_limit is None:
            return
        most, seconds = self.chat_limit
        now = dt.datetime.now(dt.UTC).timestamp()
        sent = self._sent_at.setdefault(chat, deque())
        while sent and sent[0] <= now - seconds:
            sent.popleft()
        if len(sent) >= most:
            # core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this
            wait = max(1, int(sent[0] + seconds - now + 0.999))
            raise Refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
        sent.append(now)

    def _send_action(self, arguments: Mapping[str, str]) -> bool:
        thread = arguments.get("message_thread_id")
        # General, which sendMessage refuses as thread 1, is known to sendChatAction by that number, and by no other way.
        chat, _ = self.writable({**arguments, "message_thread_id": "" if thread == "1" else thread or ""})
        if arguments.get("action") != "typing":
            raise bad_request("wrong parameter action in request")  # Client.cpp, get_chat_action
        self.actions.append((chat.id, int(thread) if thread else None, "typing"))
        return True

    # --- Members and commands ----------------------------------------------------------------------------------------

    def _chat_member(self, arguments: Mapping[str, str]) -> dict[str, Any]:
        chat, user = self.readable(arguments), int(arguments.get("user_id", "0"))
        if isinstance(chat, Person):
            return member_json(chat.json(), "member")
        if user == self.bot["id"]:
            return member_json(self.bot, chat.bot, may_post=chat.bot_may_post)
        person = self.chats.get(user)
        if not isinstance(person, Person):
            raise bad_request("user not found")  # Client.cpp, check_user
        if chat.type == "channel" and chat.bot != "administrator":
            raise bad_request("member list is inaccessible")  # TDLib, DialogParticipantManager.cpp
        return member_json(person.json(), "administrator" if user in chat.admins else "member")

    def _set_commands(self, arguments: Mapping[str, str]) -> bool:
        """core.telegram.org/bots/api#setmycommands and #botcommand; TDLib's BotCommand.cpp has the refusals."""
        commands = json.loads(arguments.get("commands", "[]"))
        if len(commands) > 100:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")  # core.telegram.org/method/bots.setBotCommands
        for command in commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]):
                raise bad_request("BOT_COMMAND_INVALID")
            if not 1 <= len(command["description"]) <= 256:
                raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        language = arguments.get("language_code", "")
        if not re.fullmatch(r"(?:[a-z]{2})?", language):
            raise bad_request("invalid language code specified")  # TDLib, BotCommand.cpp: ISO 639-1 or empty
        self.commands[language] = commands
        return True


def _text_of(text: str, mode: str) -> tuple[str, list[dict[str, Any]]]:
    if not text:
        raise bad_request("message text is empty")  # Client.cpp, get_input_message_text
    if mode.lower() not in {"", "html"}:
        raise bad_request("unsupported parse_mode")  # Client.cpp, get_formatted_text; only HTML is played here
    parsed, entities = html.parse_html(text) if mode else (text, [])
    return html.accepted(parsed, entities)
