"""The core's commands as Discord's forms, and back."""

import pytest

from adapters.discord.commands import command_line, fingerprint, registration
from bot.ports import ArgumentSpec, CommandSpec
from tests.fakes.discord.limits import check_commands
from tests.unit.discord.conftest import COMMANDS


def test_descriptions_are_english_with_korean_beside():
    day = registration(COMMANDS)[1]
    assert (day["description"], day["description_localizations"]) == ("A day's papers", {"ko": "하루의 논문"})
    (option,) = day["options"]
    assert option == {
        "type": 3, "name": "date", "description": "The day", "description_localizations": {"ko": "날짜"}, "required": True,
    }  # fmt: skip


def test_required_options_come_first_and_choices_have_labels_in_both_languages():
    name, value = registration(COMMANDS)[2]["options"]
    assert (name["name"], value["name"]) == ("name", "value")
    assert name["choices"][0] == {"value": "lang", "name": "Language", "name_localizations": {"ko": "언어"}}


def test_each_language_has_discords_name_and_both_its_chinese_ones_have_ours():
    texts = {"en": "Begin", "ko": "시작하기", "ja": "はじめる", "zh-Hans": "开始", "eo": "Komenci"}
    (made,) = registration([CommandSpec(name="start", description=texts)])
    assert made["description"] == "Begin"
    assert made["description_localizations"] == {"ko": "시작하기", "ja": "はじめる", "zh-CN": "开始", "zh-TW": "开始"}
    check_commands([made])


def test_commands_work_in_servers_and_direct_messages_for_everybody():
    for command in registration(COMMANDS):
        assert command["contexts"] == [0, 1, 2]
        assert "default_member_permissions" not in command


def test_discord_takes_what_is_too_long_or_too_many():
    argument = ArgumentSpec(name="zone", description={"en": "z" * 300}, choices={str(n): {"en": str(n)} for n in range(40)})
    made = registration([CommandSpec(name="Settings", description={"ko": "설정" * 90}, arguments=(argument,))])
    check_commands(made)
    assert "choices" not in made[0]["options"][0]


def test_the_fingerprint_follows_every_text_and_the_application():
    made = registration(COMMANDS)
    assert fingerprint("1", made) == fingerprint("1", registration(COMMANDS))
    assert fingerprint("1", made) != fingerprint("2", made)
    assert fingerprint("1", made) != fingerprint("1", made[:2])


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("today", [], "/today"),
        ("day", [{"name": "date", "value": " last friday "}], "/day last friday"),
        ("settings", [{"name": "name", "value": "top"}, {"name": "value", "value": "5"}], "/settings 5 top"),
        ("settings", [{"name": "name", "value": "top"}, {"name": "value", "value": ""}], "/settings top"),
        ("older", [{"name": "x", "value": "1"}], "/older 1"),
    ],
)
def test_a_form_becomes_a_line(name, options, line):
    assert command_line(name, options, COMMANDS) == line
