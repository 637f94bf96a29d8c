"""The people, chats and messages of the fake, as data, and the JSON that Telegram makes of them."""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from bot.message import utf16_length

# TDLib's MessageEntity.cpp, match_bot_commands: what becomes a `bot_command` entity in anybody's text.
_COMMAND = re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/<>])", re.ASCII)

GROUP_ANONYMOUS_BOT = 1087968824  # core.telegram.org/bots/api#message: the stand-in user of anonymous admins
CHANNEL_BOT = 136817688  # and of people who write in a channel's name


@dataclass
class Person:
    """Somebody with a private chat of the same number; `started` once they wrote to the bot."""

    id: int
    name: str
    language: str | None = "ko"
    started: bool = True
    blocked: bool = False
    deactivated: bool = False

    def json(self) -> dict[str, Any]:
        made: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.name}
        return made | ({"language_code": self.language} if self.language else {})


@dataclass
class Room:
    """A group, supergroup or channel. `bot` is the bot's status there, `topics` the forum's, by thread id."""

    id: int
    type: str
    title: str
    admins: set[int] = field(default_factory=set)
    bot: str = "member"
    bot_may_post: bool = True
    members_may_post: bool = True
    photos_allowed: bool = True
    topics: dict[int, str] = field(default_factory=dict)
    closed_topics: set[int] = field(default_factory=set)
    migrated_to: int | None = None
    deleted: bool = False
    username: str = ""

    @property
    def is_forum(self) -> bool:
        return bool(self.topics)

    def json(self) -> dict[str, Any]:
        made: dict[str, Any] = {"id": self.id, "type": self.type, "title": self.title}
        made |= {"username": self.username} if self.username else {}
        return made | ({"is_forum": True} if self.is_forum else {})


Chat = Person | Room


def chat_json(chat: Chat) -> dict[str, Any]:
    return chat.json() if isinstance(chat, Room) else {"id": chat.id, "type": "private", "first_name": chat.name}


class Upload(str):
    """A file among the arguments of a method: to those who look for texts, its name."""

    __slots__ = ("content",)
    content: bytes

    def __new__(cls, name: str, content: bytes) -> "Upload":
        made = super().__new__(cls, name)
        made.content = content
        return made

    def json(self) -> dict[str, Any]:
        """core.telegram.org/bots/api#document."""
        return {
            "file_id": f"file-{id(self)}",
            "file_unique_id": f"{id(self)}",
            "file_name": str(self),
            "file_size": len(self.content),
        }


@dataclass(frozen=True)
class SentMessage:
    """A message that the bot sent and the fake accepted."""

    chat_id: int
    thread_id: int | None
    message_id: int
    text: str
    html: str | None
    entities: tuple[dict[str, Any], ...]
    preview: dict[str, Any] | None
    keyboard: tuple[tuple[dict[str, str], ...], ...]
    silent: bool
    at: dt.datetime
    file: "Upload | None" = None
    photo: "Upload | None" = None

    @property
    def links(self) -> list[str]:
        return [entity["url"] for entity in self.entities if entity["type"] == "text_link"]

    @property
    def buttons(self) -> dict[str, str]:
        """Where each leads: the address of a link, or what comes back when it is pressed."""
        return {one["text"]: one.get("url") or one["callback_data"] for row in self.keyboard for one in row}

    def json(self, chat: Chat, bot: dict[str, Any]) -> dict[str, Any]:
        """As the bot is shown it (core.telegram.org/bots/api#message)."""
        made: dict[str, Any] = {
            "message_id": self.message_id, "date": int(self.at.timestamp()), "chat": chat_json(chat), "from": bot,
            "text": self.text, "entities": list(self.entities),
        }  # fmt: skip
        if self.file is not None:
            made |= {"caption": made.pop("text"), "caption_entities": made.pop("entities"), "document": self.file.json()}
        if self.photo is not None:
            made |= {"caption": made.pop("text"), "caption_entities": made.pop("entities")}
        if self.thread_id:
            made |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        return made | ({"reply_markup": {"inline_keyboard": [list(row) for row in self.keyboard]}} if self.keyboard else {})


def command_entities(text: str) -> list[dict[str, Any]]:
    """The `bot_command` entities that Telegram's servers add to a person's text."""
    return [
        {"type": "bot_command", "offset": utf16_length(text[: match.start()]), "length": len(match[0])}
        for match in _COMMAND.finditer(text)
    ]


_ADMIN_RIGHTS = [
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
]
_MEMBER_RIGHTS = [
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
    "can_edit_tag",
    "can_react_to_messages",
]


def member_json(user: dict[str, Any], status: str, *, may_post: bool = True) -> dict[str, Any]:
    """A ChatMember (core.telegram.org/bots/api#chatmember) of `status`."""
    made: dict[str, Any] = {"user": user, "status": status}
    if status == "creator":
        made |= {"is_anonymous": False}
    elif status == "administrator":
        made |= dict.fromkeys(_ADMIN_RIGHTS, False) | {"can_post_messages": may_post}
    elif status == "restricted":
        made |= dict.fromkeys(_MEMBER_RIGHTS, False) | {
            "is_member": True,
            "can_send_messages": may_post,
            "until_date": 0,
        }
    elif status == "kicked":
        made |= {"until_date": 0}
    return made


def full_chat_json(room: Room) -> dict[str, Any]:
    """A ChatFullInfo (core.telegram.org/bots/api#chatfullinfo) with what it always has, and the members' rights."""
    gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
    return room.json() | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
        "permissions": dict.fromkeys(_MEMBER_RIGHTS, False) | {"can_send_messages": room.members_may_post},
    }
