"""From a button in a chat where the bot is no member (inline mode) to the private chat with whoever pressed it. Pure.

Such a press can be answered by a notice, or by opening `t.me/BOT?start=WORD`
(core.telegram.org/bots/api#answercallbackquery, url). The word is the button's action, signed for one person, so that
nobody can lure others into an action with a link.
"""

import base64
import binascii
import hashlib
import hmac

# core.telegram.org/bots/features#deep-linking: up to 64 of A-Z, a-z, 0-9, _ and -.
_LONGEST = 64
_MARK = "x-"
_SIGNATURE_BYTES = 6


def start_word(token: str, person: int, action: str) -> str | None:
    """The word that has `action` done for `person`; None when the action is too long for one (more than 40 bytes)."""
    written = action.encode()
    packed = base64.urlsafe_b64encode(_signature(token, person, written) + written).decode().rstrip("=")
    word = _MARK + packed
    return word if len(word) <= _LONGEST else None


def carried_action(token: str, person: int, word: str) -> str | None:
    """The action that `word` carries for `person`; None for any other word, and for one made for somebody else."""
    if not word.startswith(_MARK):
        return None
    packed = word.removeprefix(_MARK)
    try:
        read = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        signature, action = read[:_SIGNATURE_BYTES], read[_SIGNATURE_BYTES:]
        known = hmac.compare_digest(signature, _signature(token, person, action))
        return action.decode() if known and action else None
    except (binascii.Error, ValueError):
        return None


def _signature(token: str, person: int, action: bytes) -> bytes:
    return hmac.digest(token.encode(), f"{person}:".encode() + action, hashlib.sha256)[:_SIGNATURE_BYTES]
