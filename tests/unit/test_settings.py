"""Settings are read from one place, and each fault is named."""

import datetime as dt
import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.model import Address
from bot.settings import Settings, address_of, load_settings

EXAMPLE = Path(__file__).resolve().parent.parent.parent / ".env.example"


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch):
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_any_setting_the_defaults_stand(tmp_path: Path):
    settings = load_settings(tmp_path)
    assert settings.default_language == "ko"
    assert settings.default_time_zone == "Asia/Seoul"
    assert settings.default_time == dt.time(9)
    assert settings.telegram_bot_token is None


def test_the_example_is_a_working_file_and_says_the_defaults(tmp_path: Path):
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    assert load_settings(tmp_path).model_dump() == Settings().model_dump()


def test_the_example_explains_every_setting():
    named = set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(encoding="utf-8"), re.MULTILINE))
    fields = {name.upper() for name in Settings.model_fields} - {"ENVIRONMENT"}
    assert fields <= named


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / ".env").write_text("DEFAULT_LANGUAGE=en\nTELEGRAM_RATE=5\n", encoding="utf-8")
    monkeypatch.setenv("TELEGRAM_RATE", "7")
    settings = load_settings(tmp_path)
    assert (settings.default_language, settings.telegram_rate) == ("en", 7.0)
    assert settings.environment["TELEGRAM_RATE"] == "7"


@pytest.mark.parametrize(
    ("written", "language"), [("ja", "ja"), ("zh-Hans", "zh-Hans"), ("zh-CN", "zh-Hans"), ("ko_KR", "ko")]
)
def test_the_language_is_one_of_the_interfaces_however_its_tag_is_written(tmp_path: Path, monkeypatch, written, language):
    monkeypatch.setenv("DEFAULT_LANGUAGE", written)
    assert load_settings(tmp_path).default_language == language


def test_a_language_that_the_interface_has_not_is_named_with_those_that_it_has(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("DEFAULT_LANGUAGE", "fr")
    with pytest.raises(SettingsError, match="'fr' is not one of ko, en, ja, zh-Hans"):
        load_settings(tmp_path)


def test_chats_are_written_with_platform_and_topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ADMIN_CHATS", "telegram:-1001/7, discord:42")
    assert load_settings(tmp_path).admin_chats == (Address("telegram", "-1001", "7"), Address("discord", "42"))


def test_a_forums_general_topic_is_written_to_without_a_topic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ADMIN_CHATS", "telegram:-1001/1, telegram:-1001, discord:42")
    assert load_settings(tmp_path).told_chats == (Address("telegram", "-1001"), Address("discord", "42"))
    assert address_of("telegram:-1001/1") == Address("telegram", "-1001")
    assert address_of("telegram:-1001/7") == Address("telegram", "-1001", "7")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"TELEGRAM_RATE": "30"}, ""),
        ({"TELEGRAM_RATE": "31"}, "TELEGRAM_RATE: '31' is more than the 30 messages a second"),
        ({"TELEGRAM_RATE": "500", "TELEGRAM_API_URL": "https://api.telegram.org/"}, "TELEGRAM_RATE: '500' is more"),
        ({"TELEGRAM_RATE": "500", "TELEGRAM_API_URL": "http://127.0.0.1:8081"}, ""),
        ({"TELEGRAM_RATE": "500", "TELEGRAM_BOT_TOKEN": ""}, ""),
        ({"TELEGRAM_RATE": "1000", "TELEGRAM_PAID_BROADCAST": "true"}, ""),
        ({"TELEGRAM_RATE": "1001", "TELEGRAM_PAID_BROADCAST": "true"}, "TELEGRAM_RATE: '1001' is more than the 1000"),
    ],
)
def test_a_rate_that_telegram_does_not_take_is_refused_for_telegrams_own_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], said: str
):
    monkeypatch.delenv("TELEGRAM_API_URL", raising=False)
    for name, value in {"TELEGRAM_BOT_TOKEN": "1:a", **settings}.items():
        monkeypatch.setenv(name, value)
    if not said:
        assert load_settings(tmp_path).telegram_rate == float(settings["TELEGRAM_RATE"])
        return
    with pytest.raises(SettingsError) as raised:
        load_settings(tmp_path)
    assert said in str(raised.value)


def test_every_fault_is_named_with_its_value_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEFAULT_TIME_ZONE", "Asia/Soul")
    monkeypatch.setenv("CLOCK", "yesterday")
    monkeypatch.setenv("ADMIN_CHATS", "me")
    monkeypatch.setenv("SETTLE_HOUR_UTC", "25")
    with pytest.raises(SettingsError) as raised:
        load_settings(tmp_path)
    sentence = str(raised.value)
    for part in ("DEFAULT_TIME_ZONE: 'Asia/Soul'", "CLOCK: 'yesterday'", "ADMIN_CHATS: 'me'", "SETTLE_HOUR_UTC"):
        assert part in sentence


def test_faults_that_the_types_find_name_the_value_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LOG_LEVEL", "loud")
    monkeypatch.setenv("DEFAULT_TIME", "25:00")
    monkeypatch.setenv("ALLOWED_CHATS", "telegram:abc")
    with pytest.raises(SettingsError) as raised:
        load_settings(tmp_path)
    sentence = str(raised.value)
    for part in ("LOG_LEVEL: 'loud' cannot be used", "DEFAULT_TIME: '25:00' cannot be used", "ids of telegram are numbers"):
        assert part in sentence


def test_a_token_is_never_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "123:secret")
    settings = load_settings(tmp_path)
    assert "secret" not in repr(settings)
    assert "secret" not in str(settings)


def test_prices_are_read_by_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LLM_PRICES", "gpt-5-mini=0.25/2.00, local/llama:8b=0/0")
    assert load_settings(tmp_path).llm_prices == {"gpt-5-mini": (0.25, 2.0), "local/llama:8b": (0.0, 0.0)}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"LLM_PRICES": "gpt-5-mini=0.25"}, "LLM_PRICES: 'gpt-5-mini=0.25' is not written as MODEL=READ/WRITTEN"),
        ({"LLM_API_URL": "http://localhost:1/v1"}, "LLM_MODEL: it is not set, but LLM_API_URL is; write the name"),
        (
            {"LLM_API_URL": "http://localhost:1/v1", "LLM_MODEL": "m", "LLM_DAILY_BUDGET": "1"},
            "LLM_PRICES: it has no price of 'm'",
        ),
        ({"SHOW_UNVERIFIED": "hide"}, "SHOW_UNVERIFIED: 'hide' cannot be used: it is not one of mark, replace"),
        ({"LLM_SHAPE": "essay"}, "LLM_SHAPE: 'essay' cannot be used: it is not one of bullets, labelled"),
        ({"LLM_DAILY_BUDGET": "-1"}, "LLM_DAILY_BUDGET: '-1' cannot be used"),
    ],
)
def test_what_is_wrong_with_the_language_models_settings_is_said(tmp_path: Path, monkeypatch, settings, said):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load_settings(tmp_path)
    assert said in str(raised.value)


def test_the_language_models_key_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LLM_API_KEY", "sk-secret")
    assert "sk-secret" not in repr(load_settings(tmp_path))
