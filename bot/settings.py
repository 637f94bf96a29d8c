"""The only reader of the environment and of `.env`. Every setting is explained for operators in `.env.example`."""

import datetime as dt
import os
import re
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from bot.errors import SettingsError
from bot.locales import LANGUAGES, supported
from bot.model import Address

_PRICE = re.compile(r"(?P<model>[^\s=,]+)=(?P<read>\d+(?:\.\d+)?)/(?P<written>\d+(?:\.\d+)?)")
_ADDRESS = re.compile(r"(?P<platform>[a-z]+):(?P<chat>-?\w+)(?:/(?P<topic>\d+))?")


# Telegram numbers a forum's General topic 1, and sends and takes its messages without a topic.
GENERAL_TOPIC = "1"
# Telegram's own limits, in messages a second for a whole bot, free and as paid broadcasts (core.telegram.org/bots/faq,
# "My bot is hitting limits" and "How can I message all of my bot's subscribers at once?").
TELEGRAM_MOST, TELEGRAM_MOST_PAID = 30.0, 1000.0


def address_of(written: str) -> Address:
    """The address that a person wrote, as messages go there: `telegram:ID/1` is a forum's General, which has no topic.

    Raises ValueError with a sentence.
    """
    named = named_address(written)
    is_general = named.platform == "telegram" and named.topic_id == GENERAL_TOPIC
    return Address(named.platform, named.chat_id) if is_general else named


def named_address(written: str) -> Address:
    """The address that a person wrote, as it is written: `telegram:ID` may mean a chat with all its topics.

    Raises ValueError with a sentence.
    """
    match = _ADDRESS.fullmatch(written)
    if match is None:
        raise ValueError(f"'{written}' is not written as telegram:ID, telegram:ID/TOPIC or discord:ID")
    if match["platform"] in {"telegram", "discord"} and not match["chat"].removeprefix("-").isdigit():
        raise ValueError(f"'{written}' names a chat by '{match['chat']}', but ids of {match['platform']} are numbers")
    return Address(match["platform"], match["chat"], match["topic"] or "")


def _addresses(value: object) -> object:
    if not isinstance(value, str):
        return value
    return tuple(named_address(written) for written in re.split(r"[,\s]+", value) if written)


def _instant(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        instant = dt.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"'{value}' is not an ISO 8601 instant such as 2024-03-28T09:00:00+09:00") from None
    return instant.replace(tzinfo=dt.UTC) if instant.tzinfo is None else instant


def _zone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        raise ValueError(f"'{value}' is not a time zone of the IANA database, such as Asia/Seoul")
    return value


def _language(value: str) -> str:
    # As platforms write them too: zh-CN, ja-JP.
    language = supported(value)
    if language is None:
        raise ValueError(f"'{value}' is not one of {', '.join(LANGUAGES)}")
    return language


def _url(value: str) -> str:
    if not re.match(r"(https?|wss?)://[^\s/]", value):
        raise ValueError(f"'{value}' is not a URL")
    return value.rstrip("/")


def _prices(value: object) -> object:
    """Money per million tokens that a model reads, and that it writes: `gpt-5-mini=0.25/2.00, other=1/4`."""
    if not isinstance(value, str):
        return value
    prices = {}
    for part in filter(None, (part.strip() for part in value.split(","))):
        match = _PRICE.fullmatch(part)
        if match is None:
            raise ValueError(
                f"'{part}' is not written as MODEL=READ/WRITTEN, money per million tokens, such as gpt-5-mini=0.25/2.00"
            )
        prices[match["model"]] = (float(match["read"]), float(match["written"]))
    return prices


# Settings whose value is never shown.
SECRETS = frozenset({"telegram_bot_token", "discord_bot_token", "hf_token", "llm_api_key"})

# The words of the settings that take one of a few.
_WORDS = {
    "log_level": ("debug", "info", "warning", "error"),
    "llm_shape": ("bullets", "labelled"),
    "show_unverified": ("mark", "replace"),
}

Url = Annotated[str, AfterValidator(_url)]
Addresses = Annotated[tuple[Address, ...], BeforeValidator(_addresses)]


class Settings(BaseModel):
    """All settings, checked. Field names are the environment's names in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore", arbitrary_types_allowed=True, hide_input_in_errors=True)

    telegram_bot_token: SecretStr | None = None
    discord_bot_token: SecretStr | None = None
    database: Path = Path("daily-papers.db")
    hf_token: SecretStr | None = None
    default_language: Annotated[str, AfterValidator(_language)] = "ko"
    default_time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Seoul"
    default_time: dt.time = dt.time(9, 0)
    settle_hour_utc: Annotated[int, Field(ge=0, le=23)] = 12
    missing_hour_utc: Annotated[int, Field(ge=0, le=23)] = 20
    gap_days: Annotated[int, Field(ge=0, le=400)] = 14
    admin_chats: Addresses = ()
    allowed_chats: Addresses = ()
    telegram_rate: Annotated[float, Field(gt=0)] = 30.0
    telegram_chat_rate: Annotated[float, Field(gt=0)] = 1.0
    telegram_group_rate: Annotated[float, Field(gt=0)] = 20.0
    # Read by the adapter too, which asks Telegram for it; with it, telegram_rate may be up to 1,000.
    telegram_paid_broadcast: bool = False
    discord_rate: Annotated[float, Field(gt=0)] = 50.0
    hf_api_url: Url = "https://huggingface.co"
    arxiv_api_url: Url = "https://export.arxiv.org"
    arxiv_url: Url = "https://arxiv.org"
    llm_api_url: Url | None = None
    llm_api_key: SecretStr | None = None
    llm_model: str = ""
    llm_prices: Annotated[dict[str, tuple[float, float]], BeforeValidator(_prices)] = Field(default_factory=dict)
    llm_daily_budget: Annotated[float | None, Field(ge=0)] = None
    # Sixty ordinary days, or six with full texts: what runs wild ends here, even where nobody has set a budget.
    llm_daily_tokens: Annotated[int, Field(ge=0)] = 2_000_000
    llm_full_text: bool = False
    llm_shape: Annotated[str, Field(pattern="^(bullets|labelled)$")] = "bullets"
    llm_timeout: Annotated[float, Field(gt=0)] = 120.0
    show_unverified: Annotated[str, Field(pattern="^(mark|replace)$")] = "mark"
    # Pictures of days above their digests.
    cards: bool = True
    web_port: Annotated[int | None, Field(ge=0, le=65535)] = None
    web_host: str = "127.0.0.1"
    web_url: Url | None = None
    websub_hub: Url | None = None
    backup_folder: Path | None = None
    # Two weeks: long enough to notice, and to go back before an upgrade.
    backup_keep: Annotated[int, Field(ge=1)] = 14
    least_free_mb: Annotated[int, Field(ge=0)] = 500
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"
    clock: Annotated[dt.datetime | None, BeforeValidator(_instant)] = None
    clock_speed: Annotated[float, Field(gt=0)] = 1.0
    environment: dict[str, str] = Field(default_factory=dict, repr=False, exclude=True)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that stand nowhere else."""
        found = (getattr(self, name) for name in sorted(SECRETS))
        return tuple(secret.get_secret_value() for secret in found if secret is not None)

    @property
    def told_chats(self) -> tuple[Address, ...]:
        """ADMIN_CHATS as messages go there."""
        return tuple(dict.fromkeys(address_of(str(chat)) for chat in self.admin_chats))

    @property
    def served_chats(self) -> tuple[Address, ...]:
        """The only chats that are served; empty if all are."""
        return (*self.allowed_chats, *self.admin_chats) if self.allowed_chats else ()

    @model_validator(mode="after")
    def _model_is_whole(self) -> Self:
        """A server without a model's name can be asked nothing; a budget without a price would never end."""
        if self.llm_api_url and not self.llm_model:
            raise ValueError(
                "LLM_MODEL: it is not set, but LLM_API_URL is; write the name of the model that is to be asked there"
            )
        if self.llm_api_url and self.llm_daily_budget is not None and self.llm_model not in self.llm_prices:
            raise ValueError(
                f"LLM_PRICES: it has no price of '{self.llm_model}', without which LLM_DAILY_BUDGET means nothing; "
                f"write {self.llm_model}=0.25/2.00 with its price per million tokens, or 0/0 for a server of your own"
            )
        return self

    @model_validator(mode="after")
    def _telegram_allows_the_rate(self) -> Self:
        """A server of one's own takes what it takes; Telegram's own answers what is too fast with waits for everybody."""
        url = self.environment.get("TELEGRAM_API_URL") or "https://api.telegram.org"
        if self.telegram_bot_token is None or urlsplit(url).hostname != "api.telegram.org":
            return self
        if self.telegram_rate > TELEGRAM_MOST and not self.telegram_paid_broadcast:
            raise ValueError(
                f"TELEGRAM_RATE: '{self.telegram_rate:g}' is more than the {TELEGRAM_MOST:g} messages a second that "
                "Telegram takes from a bot; write 30 or less, or set TELEGRAM_PAID_BROADCAST=true, which costs Stars"
            )
        if self.telegram_rate > TELEGRAM_MOST_PAID:
            raise ValueError(
                f"TELEGRAM_RATE: '{self.telegram_rate:g}' is more than the {TELEGRAM_MOST_PAID:g} messages a second that "
                "Telegram takes from a bot that pays for its broadcasts"
            )
        return self


def load_settings(folder: Path | None = None) -> Settings:
    """Read `.env` of `folder` (the current one) and the environment, which wins. Raises SettingsError with every fault."""
    written = {name: value for name, value in written_settings(folder or Path.cwd()).items() if value}
    # A setting that is there and empty counts as not set: `TELEGRAM_BOT_TOKEN=` is how .env.example ships.
    values = written | {name: value for name, value in os.environ.items() if value}
    known = {name.lower(): value for name, value in values.items() if name.lower() in Settings.model_fields}
    known.pop("environment", None)
    try:
        return Settings(**known, environment=values)  # type: ignore[arg-type]
    except ValidationError as error:
        faults = [
            _sentence(str(fault["loc"][0]) if fault["loc"] else "", fault["type"], fault["msg"], known)
            for fault in error.errors()
        ]
        raise SettingsError("These settings cannot be used (see .env.example):\n  " + "\n  ".join(faults)) from None


def written_settings(folder: Path) -> Mapping[str, str | None]:
    """What stands in `.env` of a folder, None for a name without a value. Raises SettingsError when it cannot be read."""
    file = folder / ".env"
    try:
        return dotenv_values(file) if file.is_file() else {}
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is no text in UTF-8 ({error.reason}); save it as UTF-8.") from error
    except OSError as error:
        raise SettingsError(f"{file} cannot be read ({error.strerror}); let the user who runs the bot read it.") from error


def _sentence(field: str, kind: str, said: str, values: Mapping[str, str]) -> str:
    """What is wrong with a setting, and its value unless it is a secret."""
    name = field.upper()
    if kind == "value_error":
        said = said.removeprefix("Value error, ")
        return f"{name}: {said}" if name else said
    if kind == "string_pattern_mismatch":
        said = f"it is not one of {', '.join(_WORDS[field])}"
    shown = "" if field in SECRETS else f"'{values.get(field, '')}' cannot be used: "
    return f"{name}: {shown}{said[0].lower()}{said[1:]}"
