"""What Discord refuses in a message, a post, a command: its limits, and its errors in its own JSON. Pure.

Lengths are counted in code points, as the API does (Discord's staff: github.com/discord/discord-api-docs/issues/1315).
Error codes: discord.com/developers/docs/topics/opcodes-and-status-codes#json-json-error-codes.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.discord.world import FILES

SUPPRESS_EMBEDS, EPHEMERAL, SUPPRESS_NOTIFICATIONS, COMPONENTS_V2 = 1 << 2, 1 << 6, 1 << 12, 1 << 15
# discord.com/developers/docs/reference#locales
LOCALES = frozenset(
    [
        "id",
        "da",
        "de",
        "en-GB",
        "en-US",
        "es-ES",
        "es-419",
        "fr",
        "hr",
        "it",
        "lt",
        "hu",
        "nl",
        "no",
        "pl",
        "pt-BR",
        "ro",
        "fi",
        "sv-SE",
        "vi",
        "tr",
        "cs",
        "el",
        "bg",
        "ru",
        "uk",
        "hi",
        "th",
        "zh-CN",
        "ja",
        "zh-TW",
        "ko",
    ]
)


class ApiError(Exception):
    """An answer that is a refusal."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None, **more: Any) -> None:
        super().__init__(f"{status} {code} {message} {errors or ''}")
        self.status = status
        self.body = {"message": message, "code": code} | ({"errors": errors} if errors else {}) | more


class Faults:
    """Collects what is wrong with a form, by path; Discord answers with all of it at once."""

    def __init__(self) -> None:
        self.tree: dict[str, Any] = {}

    def add(self, path: Iterable[object], code: str, message: str) -> None:
        node = self.tree
        for part in path:
            node = node.setdefault(str(part), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def text(self, path: tuple[object, ...], value: Any, most: int, *, least: int = 0, required: bool = False) -> None:
        if value is None:
            if required:
                self.add(path, "BASE_TYPE_REQUIRED", "This field is required")
        elif not isinstance(value, str):
            self.add(path, "STRING_TYPE_CONVERT", "Could not interpret value as string.")
        elif len(value) > most and not least:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        elif least and not least <= len(value) <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")

    def url(self, path: tuple[object, ...], value: Any, schemes: tuple[str, ...], most: int) -> None:
        if value is None:
            return
        self.text(path, value, most)
        parts = urlsplit(str(value))
        if not parts.scheme or not parts.netloc or re.search(r"\s", str(value)):
            self.add(path, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
        elif parts.scheme not in schemes:
            self.add(path, "URL_TYPE_INVALID_SCHEME", f'Scheme "{parts.scheme}" must be one of {schemes}.')

    def refuse(self) -> None:
        """50035 as docs/reference#error-messages shows it."""
        if self.tree:
            raise ApiError(400, 50035, "Invalid Form Body", self.tree)


def check_message(body: Any, *, ephemeral_allowed: bool = False, edit: bool = False) -> None:
    """Raises ApiError for what docs/resources/message#create-message (#edit-message) does not take."""
    if not isinstance(body, dict) or _has_surrogate(body):
        raise ApiError(400, 50109, "The request body contains invalid JSON.")
    faults = Faults()
    faults.text(("content",), body.get("content"), 2000)
    nonce = body.get("nonce")
    if isinstance(nonce, str):
        faults.text(("nonce",), nonce, 25)  # "Can be used to verify a message was sent (up to 25 characters)"
    # "only SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, … and IS_COMPONENTS_V2 can be set"; edits: docs/resources/webhook
    allowed = (
        SUPPRESS_EMBEDS | COMPONENTS_V2 | (0 if edit else SUPPRESS_NOTIFICATIONS) | (EPHEMERAL if ephemeral_allowed else 0)
    )
    if body.get("flags", 0) & ~allowed:
        faults.add(("flags",), "BITFIELD_INVALID", f"These flags cannot be set: {body['flags'] & ~allowed}")
    for name in (body.get("allowed_mentions") or {}).get("parse", ()):
        if name not in {"roles", "users", "everyone"}:  # docs/resources/message#allowed-mentions-object
            faults.add(("allowed_mentions", "parse"), "BASE_TYPE_CHOICES", "Value must be one of everyone, roles, users.")
    embeds = body.get("embeds") or []
    if len(embeds) > 10:  # "embeds: Up to 10 rich embeds"
        faults.add(("embeds",), "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.")
    for index, embed in enumerate(embeds):
        _check_embed(faults, ("embeds", index), embed)
    # docs/resources/message#embed-object-embed-limits: "the combined sum of characters in all title, description, field.name,
    # field.value, footer.text, and author.name fields across all embeds attached to a message must not exceed 6000"
    if sum(embed_size(embed) for embed in embeds) > 6000:
        faults.add(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000")
    _check_components(faults, body.get("components") or [])
    _check_attachments(faults, body)
    faults.refuse()
    shown = [embed for embed in embeds if embed_size(embed) or embed.get("image") or embed.get("thumbnail")]
    if not edit and not (body.get("content") or "").strip() and not shown and not body.get(FILES):
        raise ApiError(400, 50006, "Cannot send an empty message")


def _check_attachments(faults: Faults, body: dict[str, Any]) -> None:
    """docs/reference#uploading-files and docs/resources/message#attachment-object."""
    files = list(body.get(FILES) or ())
    for index, one in enumerate(body.get("attachments") or ()):
        faults.text(("attachments", index, "description"), one.get("description"), 1024)
        if not isinstance(one.get("id"), int | str) or int(one["id"]) >= len(files):
            faults.add(("attachments", index, "id"), "ATTACHMENT_NOT_FOUND", "Attachment data not found")
    for index, embed in enumerate(body.get("embeds") or ()):
        url = (embed.get("image") or {}).get("url", "")
        # "Using Attachments within Embeds": shown is only what the same request uploads.
        if url.startswith("attachment://") and url.removeprefix("attachment://") not in files:
            faults.add(("embeds", index, "image", "url"), "ATTACHMENT_NOT_FOUND", "Attachment data not found")


def embed_size(embed: dict[str, Any]) -> int:
    texts = [embed.get("title"), embed.get("description"), (embed.get("footer") or {}).get("text")]
    texts.append((embed.get("author") or {}).get("name"))
    for one in embed.get("fields") or ():
        texts += [one.get("name"), one.get("value")]
    return sum(len((text or "").strip()) for text in texts)  # "leading and trailing whitespace characters are not included"


def _check_embed(faults: Faults, path: tuple[object, ...], embed: dict[str, Any]) -> None:
    """docs/resources/message#embed-object-embed-limits."""
    faults.text((*path, "title"), embed.get("title"), 256)
    faults.text((*path, "description"), embed.get("description"), 4096)
    faults.url((*path, "url"), embed.get("url"), ("http", "https"), 2048)
    fields = embed.get("fields") or []
    if len(fields) > 25:
        faults.add((*path, "fields"), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, one in enumerate(fields):
        faults.text((*path, "fields", index, "name"), one.get("name"), 256, required=True)
        faults.text((*path, "fields", index, "value"), one.get("value"), 1024, required=True)
    if "footer" in embed:
        faults.text((*path, "footer", "text"), embed["footer"].get("text"), 2048, required=True)
    if "author" in embed:
        faults.text((*path, "author", "name"), embed["author"].get("name"), 256, required=True)
    for part in ("image", "thumbnail"):
        if part in embed:
            faults.url((*path, part, "url"), embed[part].get("url"), ("http", "https", "attachment"), 2048)
    colour = embed.get("color")
    if colour is not None and not 0 <= colour <= 0xFFFFFF:
        faults.add((*path, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")


def _check_components(faults: Faults, rows: list[dict[str, Any]]) -> None:
    """docs/components/reference#action-row and #button (the rules of messages without IS_COMPONENTS_V2)."""
    if len(rows) > 5:
        faults.add(("components",), "BASE_TYPE_MAX_LENGTH", "Must be 5 or fewer in length.")
    names: set[str] = set()
    for at, row in enumerate(rows):
        path: tuple[object, ...] = ("components", at)
        if row.get("type") != 1:
            faults.add((*path, "type"), "BASE_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
        buttons = row.get("components") or []
        if not 1 <= len(buttons) <= 5:
            faults.add((*path, "components"), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.")
        for index, button in enumerate(buttons):
            place = (*path, "components", index)
            faults.text((*place, "label"), button.get("label"), 80)
            if not button.get("label") and not button.get("emoji"):
                faults.add(place, "BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji.")
            if button.get("style") == 5:
                if "custom_id" in button:
                    faults.add(
                        place,
                        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                        "A custom id and url cannot both be specified",
                    )
                if not button.get("url"):
                    faults.add(place, "BUTTON_COMPONENT_URL_REQUIRED", "A url is required")
                faults.url((*place, "url"), button.get("url"), ("http", "https", "discord"), 512)
            elif not button.get("custom_id"):
                faults.add(place, "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", "A custom id is required")
            else:
                _check_acting(faults, place, button, names)


def _check_acting(faults: Faults, place: tuple[object, ...], button: dict[str, Any], names: set[str]) -> None:
    """docs/components/reference#anatomy-of-a-component: a custom_id of "1 to 100 characters", "unique per component"."""
    faults.text((*place, "custom_id"), button["custom_id"], 100, least=1)
    if button["custom_id"] in names:
        faults.add((*place, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
    names.add(button["custom_id"])
    if button.get("style") not in (1, 2, 3, 4):
        faults.add((*place, "style"), "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6).")
    if "url" in button:
        message = "A custom id and url cannot both be specified"
        faults.add(place, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)


def check_commands(commands: Any) -> None:
    """docs/interactions/application-commands#application-command-object, of `bulk-overwrite-global-application-commands`."""
    if not isinstance(commands, list):
        raise ApiError(
            400, 50035, "Invalid Form Body", {"_errors": [{"code": "LIST_TYPE_CONVERT", "message": "Not a list"}]}
        )
    faults = Faults()
    if len(commands) > 100:  # "100 global CHAT_INPUT commands"
        faults.add((), "APPLICATION_COMMANDS_MAXIMUM", "Maximum number of application commands reached (100).")
    names = [command.get("name") for command in commands]
    for at, command in enumerate(commands):
        _check_named(faults, (at,), command)
        if names.count(command.get("name")) > 1:
            faults.add((at, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
        for locale, text in (command.get("name_localizations") or {}).items():
            # …#localization: names "must be unique" within a locale too, against others' default names as well
            same = [one for one in commands if text in {one.get("name"), (one.get("name_localizations") or {}).get(locale)}]
            if len(same) > 1:
                faults.add(
                    (at, "name_localizations"),
                    "APPLICATION_COMMANDS_DUPLICATE_NAME",
                    "Application command names must be unique",
                )
        options = command.get("options") or []
        if len(options) > 25:
            faults.add((at, "options"), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        required = [bool(option.get("required")) for option in options]
        if required != sorted(required, reverse=True):
            message = "Required options must be placed before non-required options"
            faults.add((at, "options"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        for index, option in enumerate(options):
            _check_named(faults, (at, "options", index), option)
            _check_choices(faults, (at, "options", index, "choices"), option.get("choices") or [])
            if option.get("autocomplete") and option.get("choices"):
                # "may not be set to true if choices are present"
                faults.add(
                    (at, "options", index, "autocomplete"),
                    "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
                    "With choices",
                )
        _check_places(faults, (at,), command)
        # "can have a maximum of 8000 characters for its combined name, description, and value properties"
        if sum(len(text) for text in _texts(command)) > 8000:
            faults.add((at,), "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)")
    faults.refuse()


def _check_named(faults: Faults, path: tuple[object, ...], one: dict[str, Any]) -> None:
    """`^[-_'\\p{L}\\p{N}…]{1,32}$`, lower case where the script has one; descriptions of 1 to 100 characters."""
    name = one.get("name")
    if not isinstance(name, str) or not re.fullmatch(r"[-_'\w]{1,32}", name) or name != name.lower():
        faults.add((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    for locale, text in (one.get("name_localizations") or {}).items():
        if locale not in LOCALES:
            faults.add(
                (*path, "name_localizations", locale), "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid locale.'
            )
        if not re.fullmatch(r"[-_'\w]{1,32}", text) or text != text.lower():
            faults.add((*path, "name_localizations", locale), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    faults.text((*path, "description"), one.get("description"), 100, least=1, required=True)
    for locale, text in (one.get("description_localizations") or {}).items():
        if locale not in LOCALES:
            faults.add(
                (*path, "description_localizations", locale), "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid locale.'
            )
        faults.text((*path, "description_localizations", locale), text, 100, least=1)


def _check_places(faults: Faults, path: tuple[object, ...], command: dict[str, Any]) -> None:
    """docs/resources/application#application-object-application-integration-types, and the contexts of commands."""
    for name, most in (("integration_types", 1), ("contexts", 2)):
        for value in command.get(name) or ():
            if value not in range(most + 1):
                faults.add((*path, name), "BASE_TYPE_CHOICES", f"Value must be one of {tuple(range(most + 1))}.")


def check_suggestions(data: dict[str, Any]) -> None:
    """docs/interactions/receiving-and-responding#interaction-response-object-autocomplete: at most 25 choices."""
    faults = Faults()
    _check_choices(faults, ("data", "choices"), data.get("choices") or [])
    faults.refuse()


def _check_choices(faults: Faults, path: tuple[object, ...], choices: list[dict[str, Any]]) -> None:
    """docs/interactions/application-commands#application-command-object-application-command-option-choice-structure."""
    if len(choices) > 25:
        faults.add(path, "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for at, choice in enumerate(choices):
        faults.text((*path, at, "name"), choice.get("name"), 100, least=1, required=True)
        faults.text((*path, at, "value"), choice.get("value"), 100, least=1, required=True)
        for locale, text in (choice.get("name_localizations") or {}).items():
            if locale not in LOCALES:
                faults.add(
                    (*path, at, "name_localizations"), "ENUM_TYPE_COERCE", f'Value "{locale}" is not a valid locale.'
                )
            faults.text((*path, at, "name_localizations", locale), text, 100, least=1)


def _texts(node: Any) -> Iterable[str]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name in {"name", "description", "value"} and isinstance(value, str):
                yield value
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _has_surrogate(node: Any) -> bool:
    if isinstance(node, dict):
        return any(map(_has_surrogate, node.values()))
    if isinstance(node, list):
        return any(map(_has_surrogate, node))
    return isinstance(node, str) and re.search("[\ud800-\udfff]", node) is not None
