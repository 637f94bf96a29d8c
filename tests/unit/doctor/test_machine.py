"""What the doctor says of the machine: versions with their known faults, the disk, the clock, the zone data."""

import datetime as dt
import shutil
from pathlib import Path

import pytest

from bot.doctor import configured, machine
from bot.doctor.examination import examine
from bot.doctor.finding import State, failure, ok, warning, worst
from bot.settings import Settings, load_settings

TODAY = dt.date(2026, 11, 27)
EXAMPLE = Path(__file__).parents[3] / ".env.example"


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 36, 0), State.FAILURE),
        ((3, 37, 0), State.WARNING),
        ((3, 40, 1), State.WARNING),
        ((3, 44, 5), State.WARNING),
        ((3, 44, 6), State.OK),
        ((3, 45, 0), State.WARNING),
        ((3, 50, 6), State.WARNING),
        ((3, 50, 7), State.OK),
        ((3, 51, 2), State.WARNING),
        ((3, 51, 3), State.OK),
        ((3, 53, 0), State.OK),
    ],
)
def test_sqlite_is_judged_by_its_known_faults(version: tuple[int, ...], state: State):
    found = machine.sqlite(version)
    assert found.state is state
    assert ("WAL-reset" in found.found) == (state is State.WARNING)
    assert bool(found.todo) == (state is not State.OK)


@pytest.mark.parametrize(
    ("version", "state"), [((3, 10, 9), State.FAILURE), ((3, 11, 0), State.OK), ((3, 14, 1), State.OK)]
)
def test_python_is_new_enough(version: tuple[int, ...], state: State):
    assert machine.python(version).state is state


@pytest.mark.parametrize(
    ("seconds", "state", "said"),
    [
        (0.4, State.OK, "to 1 s"),
        (-29, State.OK, "to 29 s"),
        (45, State.WARNING, "45 seconds ahead of Hugging Face's"),
        (-45, State.WARNING, "45 seconds behind"),
        (3600, State.FAILURE, "60 minutes ahead"),
        (-10_000, State.FAILURE, "3 hours behind"),
        (-189_326_504, State.FAILURE, "2191 days behind"),
    ],
)
def test_the_clock_is_compared_with_a_servers(seconds: float, state: State, said: str):
    found = machine.clock(dt.timedelta(seconds=seconds), "Hugging Face")
    assert found.state is state
    assert said in found.found


def test_a_clock_that_is_invented_or_cannot_be_compared_is_a_warning():
    assert machine.clock(None, "").state is State.WARNING
    invented = machine.clock(dt.timedelta(0), "x", invented=dt.datetime(2024, 3, 28, tzinfo=dt.UTC))
    assert invented.state is State.WARNING
    assert "2024-03-28" in invented.found


@pytest.mark.parametrize(
    ("version", "state"),
    [("2026a", State.OK), ("2025b", State.OK), ("2024z", State.WARNING), (None, State.WARNING), ("old", State.WARNING)],
)
def test_old_zone_data_are_named(version: str | None, state: State):
    assert machine.zones(version, TODAY).state is state


def test_this_machines_zone_data_say_their_version(monkeypatch):
    version = machine.zone_version()
    assert version is not None
    assert version[:2] == "20"
    # Without the system's, those of the package are read.
    monkeypatch.setattr("zoneinfo.TZPATH", ())
    packaged = machine.zone_version()
    assert packaged is not None
    assert packaged[:2] == "20"


def test_the_disk_is_judged_by_what_an_upgrade_needs(tmp_path: Path):
    database = tmp_path / "papers.db"
    assert machine.disk(database, 0).state is State.OK
    assert machine.disk(database, 10**18).state is State.WARNING
    with database.open("wb") as file:
        file.truncate(shutil.disk_usage(tmp_path).total)  # a hole that takes no room
    found = machine.disk(database, 0)
    assert found.state is State.WARNING
    assert "an upgrade copies the store first" in found.found
    assert machine.disk(tmp_path / "no" / "papers.db", 0).state is State.WARNING


def test_the_worst_finding_counts():
    assert worst([]) is State.OK
    assert worst([ok("a", "b"), warning("a", "b", "c")]) is State.WARNING
    assert worst([failure("a", "b", "c"), ok("a", "b"), warning("a", "b", "c")]) is State.FAILURE


# --- What is set --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("TELEGRAM_BOT_TOKKEN", "TELEGRAM_BOT_TOKEN"),
        ("ADMIN_CHAT", "ADMIN_CHATS"),
        ("default_timezone", "DEFAULT_TIME_ZONE"),
    ],
)
def test_a_misspelt_name_is_found(tmp_path: Path, written: str, meant: str):
    (tmp_path / ".env").write_text(f"{written}=1\nDATABASE=papers.db\n")
    found = configured.misspelt(tmp_path)
    assert found is not None
    assert f"{written} (did you mean {meant}?)" in found.found


def test_no_setting_of_ours_or_of_an_adapter_counts_as_misspelt(tmp_path: Path):
    (tmp_path / ".env").write_text(EXAMPLE.read_text(encoding="utf-8") + "\nHTTPS_PROXY=x\nTZ=Asia/Seoul\n")
    assert configured.misspelt(tmp_path) is None
    assert configured.misspelt(tmp_path / "nowhere") is None


@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o640, True), (0o600, False)])
def test_secrets_that_others_may_read_are_told(tmp_path: Path, mode: int, told: bool):
    file = tmp_path / ".env"
    file.write_text("TELEGRAM_BOT_TOKEN=1:hush\n")
    file.chmod(mode)
    found = configured.readable(tmp_path)
    assert (found is not None) == told
    assert found is None or "hush" not in found.found


def test_an_env_without_secrets_may_be_read_by_all(tmp_path: Path):
    (tmp_path / ".env").write_text("TELEGRAM_BOT_TOKEN=\nDATABASE=papers.db\n")
    assert configured.readable(tmp_path) is None
    assert configured.readable(tmp_path / "nowhere") is None


@pytest.mark.parametrize("content", ["TELEGRAM_BOT_TOKEN=1\n".encode("utf-16"), b"# caf\xe9\n"])
async def test_an_env_that_is_no_text_is_a_finding_and_nothing_raises(tmp_path: Path, content: bytes):
    """As some editors save it; it was a traceback, of `run` too."""
    (tmp_path / ".env").write_bytes(content)
    found = [one async for one in examine(tmp_path)][-1]
    assert (found.check, found.state) == ("settings", State.FAILURE)
    assert found.found.startswith(f"{tmp_path / '.env'} is no text in UTF-8")


def test_who_is_served_and_told_is_said(tmp_path: Path):
    none = load_settings(tmp_path)
    assert configured.settings(none, []).state is State.WARNING
    assert "discord and telegram" in configured.settings(none, ["telegram", "discord"]).found
    assert configured.admins(none).state is State.WARNING
    assert configured.admins(Settings.model_validate({"admin_chats": "telegram:7"})).state is State.OK


def test_fonts_that_are_missing_are_named():
    assert machine.fonts("ko", native=True).state is State.OK
    found = machine.fonts("ko", native=False)
    assert found.state is State.WARNING
    assert "fonts-nanum" in found.todo
