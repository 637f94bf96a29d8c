"""Every setting stands on the page of settings with what it does, adapters' own among them."""

import re

import pytest

from bot.settings import Settings
from tests.documentation.reading import ROOT, page, reference

# Adapters read theirs by name: environment.get("…"), environment["…"], _switch("…", environment).
_READ = re.compile(r'environment(?:\.get\(|\[)"([A-Z][A-Z_]+)"|_switch\("([A-Z][A-Z_]+)"')
OF_ADAPTERS = {
    one or other
    for file in (ROOT / "adapters").rglob("*.py")
    for one, other in _READ.findall(file.read_text(encoding="utf-8"))
}
OF_THE_CORE = {name.upper() for name in Settings.model_fields} - {"ENVIRONMENT"}
EXPLAINED = {
    name: entry
    for entries in reference.explained_settings((ROOT / ".env.example").read_text(encoding="utf-8")).values()
    for entry in entries
    for name in entry.defaults
}


def test_adapters_settings_are_found():
    assert {"TELEGRAM_WEBHOOK_PORT", "TELEGRAM_PAID_BROADCAST", "DISCORD_GATEWAY_URL"} <= OF_ADAPTERS


@pytest.mark.parametrize("name", sorted(OF_ADAPTERS | OF_THE_CORE))
def test_a_setting_is_explained(name: str):
    assert name in EXPLAINED, "it does not stand in .env.example"
    assert len(EXPLAINED[name].words) > 30, "it stands in .env.example without a word"
    assert re.search(rf"^### .*`{name}`", page("settings.md"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(EXPLAINED))
def test_what_is_explained_is_a_setting(name: str):
    assert name in OF_ADAPTERS | OF_THE_CORE


def test_a_link_to_a_setting_finds_it():
    built = page("settings.md")
    assert '<span id="telegram_chat_rate"></span>`TELEGRAM_CHAT_RATE`' in built
    assert "### `ADMIN_CHATS`\n" in built
