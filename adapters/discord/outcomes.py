"""The single table from Discord's answers to outcomes of a message. Pure: no request is made here.

Codes: discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.ports import NotSent, Outcome, Rejected, RetryAfter, Scope, Unknown, Unreachable

# Channel types of discord.com/developers/docs/resources/channel#channel-object-channel-types: posts only, no messages.
FORUM_TYPES = (15, 16)

UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_WEBHOOK = 10015
UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060
CANNOT_SEND_IN_FORUM = 40058
TAG_REQUIRED = 40067
CANNOT_SEND_IN_NON_TEXT = 50008
INVALID_WEBHOOK_TOKEN = 50027

# Firm: nothing but a person's act brings the chat back, and asking again counts towards the 10,000 refused requests in
# ten minutes that get a bot banned (docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
_GONE = {
    UNKNOWN_CHANNEL: "the channel is gone (10003 Unknown Channel)",
    10004: "the server is gone (10004 Unknown Guild)",
    40007: "the bot is banned from the server (40007)",
    50001: "the bot cannot see the channel any more (50001 Missing Access)",
    50007: "the person does not take the bot's messages (50007 Cannot send messages to this user)",
    50278: "the bot shares no server with the person any more (50278)",
    CANNOT_SEND_IN_NON_TEXT: "the channel takes no messages (50008 Cannot send messages in a non-text channel)",
    50024: "this kind of channel takes no messages (50024)",
}
# Vague: somebody may be at work on the channel's permissions or may unlock it tomorrow.
_PERHAPS_PASSING = {
    50009: "the server's verification level keeps the bot out (50009)",
    50013: "the bot may not post there (50013 Missing Permissions)",
    50083: "the thread is archived (50083)",
    160005: "the thread is locked (160005)",
    160006: "the server has as many active threads as it may have (160006)",
}
# The message, not the chat.
_REFUSED = {
    20009: "explicit content may not be sent there (20009)",
    40005: "it is too large (40005)",
    50006: "it is empty (50006)",
    50035: "its form is not valid (50035)",
    50109: "its JSON is not valid (50109)",
    200000: "the server's automatic moderation blocked it (200000)",
    200001: "the server's automatic moderation blocked its title (200001)",
    240000: "Discord's filter of harmful links blocked it (240000)",
}
# The bot's own trouble or Discord's, no chat's: "flagged by our anti-spam system", "Unauthorized", "verify your account",
# "opening direct messages too fast", "Send messages has been temporarily disabled", "temporarily disabled server-side",
# "internal network error" (Cloudflare before Discord), "currently overloaded".
_LATER = (20026, 40001, 40002, 40003, 40004, 40006, 40333, 130000)
# Slow mode, and the write limits of a channel and a server.
_SLOWED = (20016, 20028, 20029)
# The edge in front of Discord could not reach it: developers.cloudflare.com/support/troubleshooting/http-status-codes
_NEVER_REACHED = (521, 522, 523)
# When Discord says "wait" and not how long: Cloudflare's ban has no body, and lasts minutes to an hour.
_BAN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Discord's answer. `headers` is looked up in lower case; `body` is the parsed JSON, or the text if it is not JSON."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether Discord itself reports success: JSON, or an empty 204. A captive portal answers 200 with its own page."""
        return self.status == 204 or (200 <= self.status < 300 and isinstance(self.body, dict | list))

    @property
    def id(self) -> str:
        """The id of what was made, "" where the answer has none."""
        return str(self.body.get("id") or "") if isinstance(self.body, dict) else ""

    @property
    def code(self) -> int:
        """Discord's own error code, 0 where it gave none."""
        code = self.body.get("code") if isinstance(self.body, dict) else None
        return code if isinstance(code, int) else 0


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """No complete answer came. `written`: the request may have reached Discord."""

    reason: str
    written: bool

    @property
    def ok(self) -> bool:
        """Never: see Answer.ok."""
        return False


def outcome(answer: Answer | NoAnswer) -> Outcome:
    """The outcome of a failed request for its message (`answer.ok` is checked by the caller)."""
    if isinstance(answer, NoAnswer):
        return Unknown(answer.reason) if answer.written else NotSent(answer.reason)
    status, code = answer.status, answer.code
    if status == 429 or code in _SLOWED:
        return _wait(answer)
    if status == 401:
        return NotSent(
            "Discord does not accept DISCORD_BOT_TOKEN any more (401); set a new token and start again", token_refused=True
        )
    if code in _REFUSED:
        return Rejected(f"Discord refuses the message: {_REFUSED[code]}{_fields(answer.body)}")
    if code in _GONE:
        return Unreachable(_GONE[code])
    if code in _PERHAPS_PASSING:
        return Unreachable(_PERHAPS_PASSING[code], vague=True)
    if code in _LATER or status in _NEVER_REACHED:
        return NotSent(f"Discord does not take messages at the moment ({_named(answer)})")
    if status == 408:
        return Unknown(f"Discord did not get the whole message in time ({_named(answer)})")
    if 400 <= status < 500 and status != 413 and not isinstance(answer.body, dict):
        # No JSON: not Discord's refusal but that of something before it (Cloudflare, a proxy), and of every chat's.
        return NotSent(f"something before Discord refuses to be asked ({status})")
    if status in (403, 404):
        return Unreachable(f"Discord refuses the chat ({_named(answer)})", vague=True)
    if status >= 500 or status < 400:
        # A gateway's timeout says nothing of what stands behind it, nor does a page that is not Discord's.
        return Unknown(f"Discord failed while it had the message ({_named(answer)})")
    return Rejected(f"Discord refuses the message ({_named(answer)}){_fields(answer.body)}")


def _wait(answer: Answer) -> RetryAfter:
    body = answer.body if isinstance(answer.body, dict) else {}
    whole = body.get("global") is True or answer.headers.get("x-ratelimit-scope") == "global"
    if "retry_after" not in body and answer.status == 429:
        # No JSON: not Discord's API but Cloudflare before it, and it means the whole token (discord.py: "Banned by
        # Cloudflare more than likely", http.py, HTTPClient.request).
        return RetryAfter(_number(answer.headers.get("retry-after"), _BAN_SECONDS), Scope.TOKEN)
    seconds = _number(body.get("retry_after"), _number(answer.headers.get("retry-after"), 5.0))
    return RetryAfter(seconds, Scope.TOKEN if whole else Scope.CHAT)


def _number(value: object, otherwise: float) -> float:
    try:
        return max(0.0, float(str(value)))
    except ValueError:
        return otherwise


def _named(answer: Answer) -> str:
    said = answer.body.get("message", "") if isinstance(answer.body, dict) else ""
    return " ".join(filter(None, (str(answer.status), str(answer.code or ""), said)))


def _fields(body: object) -> str:
    """The places that `errors` complains of, as `embeds.0.description: Must be 4096 or fewer in length.`"""
    found: list[str] = []

    def walk(node: object, path: tuple[str, ...]) -> None:
        if not isinstance(node, dict):
            return
        found.extend(f"{'.'.join(path)}: {fault.get('message', '')}" for fault in node.get("_errors", ()))
        for name, inner in node.items():
            if name != "_errors":
                walk(inner, (*path, name))

    walk(body.get("errors") if isinstance(body, dict) else None, ())
    return f"; {'; '.join(found[:3])}" if found else ""
