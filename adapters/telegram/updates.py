"""What a Telegram update means for the core: somebody typed or pressed something; the bot joined or left; a chat moved.

Pure. python-telegram-bot's CommandHandler is not used, because it accepts edited messages and ignores channel posts.
"""

from dataclasses import dataclass

from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberAdministrator,
    ChatMemberOwner,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineQuery,
    Message,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType, MessageEntityType

from bot.model import Address, ChatKind

PLATFORM = "telegram"
# A forum's General topic is number 1, and refuses it as a thread id: 400 "message thread not found".
GENERAL_TOPIC = "1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A command, or free text in a private chat.

    `text` has no @name; `by_admin` is None when it has to be asked; `in_general` is true in a forum outside its topics.
    `about` has the words and addresses of the message to which this one replies.
    """

    address: Address
    kind: ChatKind
    text: str
    addressed: bool
    person: str
    title: str
    language: str | None
    by_admin: bool | None
    user_id: int | None
    in_general: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button under one of the bot's messages. `message` names that as editMessageText wants it, `query` the press.

    `elsewhere` when it stands in a chat that the bot is not in, put there by a person (inline mode).
    """

    address: Address
    kind: ChatKind
    action: str
    query: str
    message: str
    user_id: int
    title: str
    language: str | None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """Somebody types `@bot …` in whatever chat: `text` as it stands after this stroke, `query` to answer it by."""

    query: str
    user_id: int
    text: str
    offset: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Joined:
    """The bot was added to a chat, unblocked by a person, or may write where it might not: by a right, or in a topic."""

    address: Address
    kind: ChatKind
    title: str
    language: str | None


@dataclass(frozen=True, slots=True)
class Left:
    """The bot was removed from a chat, or blocked by a person."""

    address: Address
    reason: str


@dataclass(frozen=True, slots=True)
class MovedAway:
    """A group became a supergroup and has a new number."""

    address: Address
    to: Address


Event = Asked | Pressed | Joined | Left | MovedAway


def event_of(update: Update, me: User) -> Event | Typed | None:
    """What `update` means, or None when it means nothing to the core. `me` is the bot itself."""
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member)
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if update.inline_query is not None:
        return _typed(update.inline_query)
    message = update.message or update.channel_post  # never an edited one
    if message is None:
        return None
    here = address_of(message)
    # Both chats are told of the move: the old one with the new number, the new one with the old number.
    if message.migrate_to_chat_id:
        return MovedAway(here, Address(PLATFORM, str(message.migrate_to_chat_id)))
    if message.migrate_from_chat_id:
        return MovedAway(Address(PLATFORM, str(message.migrate_from_chat_id)), here)
    # Told to every bot, whatever its privacy mode (core.telegram.org/bots/features#privacy-mode, "All service messages").
    if message.forum_topic_reopened:
        user = message.from_user
        return Joined(here, kind_of(message.chat), _title(message.chat, user), user.language_code if user else None)
    return _asked(message, here, me)


def address_of(message: Message) -> Address:
    """Where an answer belongs. A reply outside a forum has a thread id too, which is no topic; General has none, or 1."""
    topic = str(message.message_thread_id or "") if message.is_topic_message else ""
    return Address(PLATFORM, str(message.chat.id), "" if topic == GENERAL_TOPIC else topic)


def kind_of(chat: Chat) -> ChatKind:
    if chat.type == ChatType.PRIVATE:
        return ChatKind.PRIVATE
    return ChatKind.CHANNEL if chat.type == ChatType.CHANNEL else ChatKind.GROUP


def _asked(message: Message, here: Address, me: User) -> Asked | None:
    kind = kind_of(message.chat)
    private = kind is ChatKind.PRIVATE
    written = message.text or (_sent_along(message) if private else None)
    # A channel's post that Telegram copies into its discussion group was meant for the channel.
    if written is None or message.is_automatic_forward:
        return None
    # A card of the bot's own, which somebody has put there by inline mode (core.telegram.org/bots/api#message, via_bot).
    if message.via_bot is not None and message.via_bot.id == me.id:
        return None
    command = _command(message)
    text, named = written, False
    if command:
        name, _, whom = command.partition("@")
        if whom and whom.lower() != (me.username or "").lower():
            return None
        text, named = name + written[len(command) :], bool(whom)
    elif not private:
        return None
    else:
        text = _with_addresses(message, written)
    user, sender, replied = message.from_user, message.sender_chat, message.reply_to_message
    return Asked(
        address=here,
        kind=kind,
        text=text,
        addressed=private or named,
        # Everybody who writes in the name of a chat has the same stand-in user, so the chat's number tells them apart.
        person=str(sender.id if sender else user.id if user else ""),
        title=_title(message.chat, user),
        language=user.language_code if user else None,
        by_admin=_by_admin(message, kind),
        user_id=user.id if user and not sender else None,
        in_general=bool(message.chat.is_forum) and not here.topic_id,
        about=_with_addresses(replied, replied.text or replied.caption or "") if replied else "",
    )


def _with_addresses(message: Message, written: str) -> str:
    """The words of a message, behind the addresses that it hides behind some of them, as posts that people forward do."""
    addresses = [one.url for one in (*message.entities, *message.caption_entities) if one.url]
    return " ".join((*addresses, written))


def _sent_along(message: Message) -> str | None:
    """What stands under a picture or a file, "" under one without words; None of what nobody sent to be answered."""
    if message.caption:
        return message.caption
    # In an album only one picture has the caption.
    return "" if message.effective_attachment and not message.media_group_id else None


def _pressed(query: CallbackQuery) -> Pressed | None:
    """Of a message that Telegram no longer shows the bot, no more is known than its chat and number: not its topic."""
    message, user = query.message, query.from_user
    if not query.data:
        return None  # a game's button
    if message is None:
        # Sent inline into a chat that the bot is not in; what there is to say is said to the person.
        where, named = Address(PLATFORM, str(user.id)), ""
    else:
        where = address_of(message) if isinstance(message, Message) else Address(PLATFORM, str(message.chat.id))
        named = f"chat_id={message.chat.id}&message_id={message.message_id}"
    return Pressed(
        address=where,
        kind=kind_of(message.chat) if message else ChatKind.PRIVATE,
        action=query.data,
        query=query.id,
        message=named,
        user_id=user.id,
        title=_title(message.chat, user) if message else user.full_name,
        language=user.language_code,
        elsewhere=message is None,
    )


def _typed(query: InlineQuery) -> Typed:
    user = query.from_user
    return Typed(query.id, user.id, query.query, query.offset, user.language_code)


def _command(message: Message) -> str:
    """The command at the very beginning of `message`, as typed, or ""."""
    first = next((entity for entity in message.entities if entity.offset == 0), None)
    if first is None or first.type != MessageEntityType.BOT_COMMAND:
        return ""
    # It is ASCII, so units are characters; the library would encode the whole text, in which half characters may stand.
    return (message.text or "")[: first.length]


def _by_admin(message: Message, kind: ChatKind) -> bool | None:
    if kind in {ChatKind.PRIVATE, ChatKind.CHANNEL}:
        return True  # one's own chat; and only a channel's admins post there
    if message.sender_chat is None:
        return None
    # An anonymous admin writes in the name of the group itself (core.telegram.org/bots/api#message, sender_chat);
    # another chat's name is a member's channel.
    return message.sender_chat.id == message.chat.id


def _title(chat: Chat, user: User | None) -> str:
    return chat.title or chat.full_name or (user.full_name if user else "")


def _membership(change: ChatMemberUpdated) -> Joined | Left | None:
    was, now = (_is_in(change, old=True), _is_in(change, old=False))
    chat = change.chat
    address, kind = Address(PLATFORM, str(chat.id)), kind_of(chat)
    if now and (not was or _standing(change, old=False) > _standing(change, old=True)):
        return Joined(address, kind, _title(chat, change.from_user), change.from_user.language_code)
    if was and not now:
        if kind is ChatKind.PRIVATE:
            return Left(address, "the person blocked the bot")
        return Left(address, f"the bot was removed from the {kind}")
    return None


def _is_in(change: ChatMemberUpdated, *, old: bool) -> bool:
    member = change.old_chat_member if old else change.new_chat_member
    if member.status == ChatMemberStatus.RESTRICTED:
        return bool(getattr(member, "is_member", False))
    return member.status not in {ChatMemberStatus.LEFT, ChatMemberStatus.BANNED}


def _standing(change: ChatMemberUpdated, *, old: bool) -> int:
    """How surely the bot may write: not at all (0), if everybody may (1), always (2)."""
    member = change.old_chat_member if old else change.new_chat_member
    match member:
        case ChatMemberRestricted():
            return int(member.can_send_messages)
        case ChatMemberAdministrator():
            return 2 if kind_of(change.chat) is not ChatKind.CHANNEL or member.can_post_messages else 0
        case ChatMemberOwner():
            return 2
    return 1
