"""The table from python-telegram-bot's errors to outcomes of a message. Pure.

The texts are from telegram-bot-api's source (Client.cpp: `fail_query_with_error`, `CheckActions`) and from
core.telegram.org/api/errors. The library lower-cases some of them (telegram/error.py), so case is ignored.
"""

import datetime as dt

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from adapters.telegram.transport import NeverConnected
from bot import ports
from bot.model import Address

# The chat is gone for good, or its people turned the bot out: parked at once.
_GONE = (
    "bot was blocked by the user",
    "user is deactivated",
    "user_deactivated",
    "user_is_blocked",
    "bot was kicked from the",
    "the group chat was deleted",
    "group chat was deactivated",
    "bot is not a member of the",
    "bot can't initiate conversation with a user",
    "bot can't send messages to bots",
    "bot can't send messages to the user",
    "message thread not found",
    "topic_deleted",
    "topic_id_invalid",
    "channel_private",
)

# The chat cannot be written to now. It may pass: an admin changes a right, opens a topic; or the operator set another
# bot's token, when every chat is "not found" and none should be parked at once.
_CLOSED = (
    "chat not found",
    "user not found",
    "chat_id is empty",  # a fault of ours, which must not park everybody at once
    "peer_id_invalid",
    "group chat was upgraded to a supergroup",  # without the new address; with it, the library raises ChatMigrated
    "topic_closed",
    "not enough rights to send",
    "have no rights to send",
    "have no write access to the chat",
    "chat_write_forbidden",
    "chat_send_plain_forbidden",
    "chat_send_webpage_forbidden",
    "chat_guest_send_forbidden",
    "chat_restricted",
    "chat_forbidden",
    "chat_id_invalid",
    "channel_invalid",
    "chat_admin_required",
    "need administrator rights in the channel chat",
    "user_restricted",
    "user_banned_in_channel",
    "privacy_premium_required",
    "allow_payment_required",
)

# It was taken, and something in the chat (an anti-spam bot, a filter) removed it at once: Client.cpp answers 500.
# Sent again it would be removed again, for two days.
_REMOVED = ("sent message was immediately deleted",)

# Statuses that the library turns into a NetworkError whose text is the server's (telegram/request/_baserequest.py).
_TOO_MANY = ("too many requests",)
_TOO_LARGE = ("request entity too large", "(413)", "(414)")
_GATEWAY_PAUSE = 5.0


def outcome_of(error: TelegramError, address: Address) -> ports.Outcome:
    """The outcome of a send to `address` that ended with `error`."""
    reason = str(error)
    if isinstance(error, Forbidden | BadRequest) and isinstance(error.__cause__, TelegramError):
        # No JSON: not Telegram's refusal but that of something before it (a proxy, a captive network), and of every chat's.
        return ports.NotSent(reason)
    match error:
        case ChatMigrated():
            # A basic group has no topics, so the new address has none either.
            return ports.Moved(Address(address.platform, str(error.new_chat_id)))
        case RetryAfter():
            # Telegram does not say whether it means the chat or the token; the limit for a chat is reached long before.
            return ports.RetryAfter(_seconds(error.retry_after), ports.Scope.CHAT)
        case Forbidden():
            return ports.Unreachable(reason, vague=not _names(_GONE, reason))
        case BadRequest():  # a NetworkError too, so it stands before that
            return _refused(reason)
        case InvalidToken():
            return ports.NotSent(
                "Telegram no longer accepts TELEGRAM_BOT_TOKEN; copy it again from @BotFather.", token_refused=True
            )
        case NetworkError():  # TimedOut among them
            return _broken(error, reason)
    return ports.Unknown(reason)


def _refused(reason: str) -> ports.Outcome:
    if _names(_GONE, reason):
        return ports.Unreachable(reason)
    if _names(_CLOSED, reason):
        return ports.Unreachable(reason, vague=True)
    # "can't parse entities", "message is too long", "message text is empty", BUTTON_URL_INVALID, WEBPAGE_…, and whatever
    # else is wrong with this one message.
    return ports.Rejected(reason)


def _broken(error: NetworkError, reason: str) -> ports.Outcome:
    if isinstance(error.__cause__, NeverConnected):
        return ports.NotSent(reason)
    if _names(_TOO_MANY, reason):
        # A 429 without `retry_after` comes from what stands before Telegram, and means everybody.
        return ports.RetryAfter(_GATEWAY_PAUSE, ports.Scope.TOKEN)
    if _names(_TOO_LARGE, reason) or _names(_REMOVED, reason):
        return ports.Rejected(reason)
    return ports.Unknown(reason)  # 5xx, a wait that ended, a connection that broke: it may stand there


def _names(texts: tuple[str, ...], reason: str) -> bool:
    return any(text in reason.lower() for text in texts)


def _seconds(wait: int | dt.timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)
