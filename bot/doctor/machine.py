"""Checks of the machine: Python, SQLite, disk space, the clock, the time-zone database."""

import datetime as dt
import re
import shutil
import zoneinfo
from importlib.resources import files
from pathlib import Path

from bot.doctor.finding import Finding, failure, ok, warning
from bot.pictures.fonts import INSTALL

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 37, 0)
# sqlite.org/wal.html#walresetbug: 3.7.0 to 3.51.2, but for the last of two older lines, which were mended as well.
WAL_MENDED, WAL_MENDED_TOO = (3, 51, 3), ((3, 44, 6), (3, 50, 7))
# With less than this a day's papers and their messages may not find room.
LEAST_FREE = 50_000_000
# A digest is due to the minute. Beyond the second bound certificates and tokens begin to count as expired.
CLOCK_SECONDS, WRONG_CLOCK_SECONDS = 30.0, 300.0
# Governments change their clocks at short notice, several times a year.
ZONES_YEARS = 2


def python(version: tuple[int, ...]) -> Finding:
    text = ".".join(map(str, version))
    if version[:2] < OLDEST_PYTHON:
        return failure("python", f"Python {text} is too old.", "Install Python 3.11 or later, and daily-papers in it anew.")
    return ok("python", f"Python {text}")


def sqlite(version: tuple[int, ...]) -> Finding:
    text = ".".join(map(str, version))
    if version < OLDEST_SQLITE:
        return failure(
            "sqlite",
            f"SQLite {text} is too old: STRICT tables came with 3.37.",
            "Install a newer Python; it brings a newer SQLite, or the system's update does.",
        )
    mended = version >= WAL_MENDED or any(version[:2] == one[:2] and version >= one for one in WAL_MENDED_TOO)
    if not mended:
        return warning(
            "sqlite",
            f"SQLite {text} has the WAL-reset fault (sqlite.org/wal.html#walresetbug): very rarely, when two connections "
            "write and tidy up at the same instant, the file is damaged.",
            "Take backups (`daily-papers backup FOLDER --keep 14`), and update the system or Python when they bring SQLite "
            "3.51.3 or later.",
        )
    return ok("sqlite", f"SQLite {text}")


def fonts(language: str, *, native: bool) -> Finding:
    """Whether the cards of digests can be set in a language."""
    if native:
        return ok("fonts", f"a font for cards in {language}")
    return warning(
        "fonts",
        f"No font of this machine shows {language}: cards and plots are set in English.",
        f"Install {INSTALL} and start again, or set CARDS=false.",
    )


def disk(database: Path, least_free: int) -> Finding:
    """Room for the store, and for a copy of it, which each upgrade makes first; `least_free` bytes are told of as well."""
    try:
        free = shutil.disk_usage(database.absolute().parent).free
        size = database.stat().st_size if database.exists() else 0
    except OSError as error:
        return warning(
            "disk", f"How much room there is for {database} cannot be found out ({error.strerror}).", "Check DATABASE."
        )
    room = f"{in_bytes(free)} free beside {database}{f' ({in_bytes(size)})' if size else ''}"
    todo = f"Free some room in {database.absolute().parent}, or move the store to a larger disk and set DATABASE."
    if free < LEAST_FREE:
        return failure("disk", f"The disk is full but for {room}.", todo)
    if free < least_free:
        return warning("disk", f"Little room: {room}.", todo)
    if free < size * 1.1:
        return warning("disk", f"{room}: an upgrade copies the store first, and that would not fit.", todo)
    return ok("disk", room)


def clock(difference: dt.timedelta | None, server: str, *, invented: dt.datetime | None = None) -> Finding:
    """`difference`: by how much this machine is ahead of what `server` said; None when none said anything.

    `invented` is the setting CLOCK.
    """
    if invented is not None:
        return warning(
            "clock",
            f"CLOCK is set: the program's time begins at {invented.isoformat()} at every start.",
            "CLOCK is for tests; take it out of .env and the environment.",
        )
    if difference is None:
        return warning(
            "clock", "No server could be asked for the time.", "Run `daily-papers doctor` again when the network is there."
        )
    seconds = difference.total_seconds()
    told = f"{_long(abs(seconds))} {'ahead of' if seconds > 0 else 'behind'} {server}'s"
    todo = "Let the system set its clock by the network: `timedatectl set-ntp true`, or chrony."
    if abs(seconds) > WRONG_CLOCK_SECONDS:
        return failure("clock", f"This machine's clock is wrong: {told}. Digests go at the wrong time.", todo)
    if abs(seconds) > CLOCK_SECONDS:
        return warning("clock", f"This machine's clock is {told}.", todo)
    return ok("clock", f"agrees with {server}'s to {max(1, round(abs(seconds)))} s")


def _long(seconds: float) -> str:
    """How long that is, as people say it: in the largest unit of which there are two."""
    units = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))
    name, length = next((one for one in units if seconds >= 2 * one[1]), units[-1])
    return f"{seconds / length:.0f} {name}"


def zones(version: str | None, today: dt.date) -> Finding:
    """`version` is IANA's, such as `2026a`: a year and a letter; None where nothing says it."""
    todo = "Update the system's package tzdata; or `pip install --upgrade tzdata` where the system has none."
    if version is None:
        return warning("time zones", "Nothing says how old this machine's time-zone data are.", todo)
    found = re.match(r"\d{4}", version)
    if found is None or today.year - int(found[0]) >= ZONES_YEARS:
        return warning(
            "time zones", f"The time-zone data are old ({version}): where rules have changed, hours are off.", todo
        )
    return ok("time zones", f"data {version}")


def zone_version() -> str | None:
    """The version of the data that zoneinfo reads: the system's where it has any, else those of the package `tzdata`."""
    system = next((one for one in map(Path, zoneinfo.TZPATH) if (one / "UTC").exists()), None)
    folder = files("tzdata") / "zoneinfo" if system is None else system
    try:
        # IANA's own file beside the compiled ones begins with "# version 2026a".
        return (folder / "tzdata.zi").read_text(encoding="utf-8").split("\n", 1)[0].removeprefix(
            "# version"
        ).strip() or None
    except OSError:
        return None


def in_bytes(size: float) -> str:
    """A size as people read it: `12.3 MB`."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size:.0f} bytes"
