"""Telegram's settings, read by name from the core's environment, and checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from bot.errors import SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramConfig:
    """`webhook_url` "" means long polling; the webhook's own server listens on `webhook_listen`:`webhook_port`."""

    token: str = field(repr=False)
    api_url: str = "https://api.telegram.org"
    webhook_url: str = ""
    webhook_listen: str = "127.0.0.1"
    webhook_port: int = 8443
    paid_broadcast: bool = False

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> "TelegramConfig":
        """From settings by name. Raises SettingsError with what to change."""
        webhook_url = environment.get("TELEGRAM_WEBHOOK_URL", "").strip()
        if webhook_url and (urlsplit(webhook_url).scheme != "https" or not urlsplit(webhook_url).hostname):
            raise SettingsError(
                f"TELEGRAM_WEBHOOK_URL is '{webhook_url}', but Telegram calls only https addresses: "
                "give the public https address that leads to this program, or leave it empty for long polling."
            )
        port = environment.get("TELEGRAM_WEBHOOK_PORT", "").strip() or "8443"
        if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise SettingsError(f"TELEGRAM_WEBHOOK_PORT is '{port}', which is not a port from 1 to 65535.")
        return cls(
            token=environment["TELEGRAM_BOT_TOKEN"].strip(),
            api_url=(environment.get("TELEGRAM_API_URL", "").strip() or "https://api.telegram.org").rstrip("/"),
            webhook_url=webhook_url,
            webhook_listen=environment.get("TELEGRAM_WEBHOOK_LISTEN", "").strip() or "127.0.0.1",
            webhook_port=int(port),
            paid_broadcast=_switch("TELEGRAM_PAID_BROADCAST", environment),
        )


def _switch(name: str, environment: Mapping[str, str]) -> bool:
    written = environment.get(name, "").strip().lower()
    if written in {"true", "yes", "on", "1"}:
        return True
    if written in {"", "false", "no", "off", "0"}:
        return False
    raise SettingsError(f"{name} is '{written}': write true or false.")
