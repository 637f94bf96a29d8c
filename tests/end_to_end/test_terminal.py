"""The terminal as the chat: a person's, a pipe's, and a power cut's view of it."""

import asyncio
import re
import signal
from io import StringIO
from pathlib import Path

import pexpect
import pytest
from rich.cells import cell_len

from tests.end_to_end.process import COMMAND, environment, run_command
from tests.end_to_end.story import AFTER_NINE, BEFORE_NINE, EVENING, PAPERS
from tests.fakes.hub import Hub

PROMPT = "daily-papers> "


def typed_into(folder: Path, settings: dict[str, str], *arguments: str, columns: int = 200) -> "pexpect.spawn[str]":
    """The program in a terminal of its own, usually so wide that no title is wrapped."""
    shown = environment(settings) | {"TERM": "dumb", "LANG": "C.UTF-8"}
    return pexpect.spawn(
        COMMAND,
        list(arguments or ("run",)),
        cwd=str(folder),
        env=shown,
        encoding="utf-8",
        dimensions=(60, columns),
        timeout=30,
    )


def titles(output: str) -> list[str]:
    return re.findall(r"https://arxiv\.org/abs/([\d.]+)", output)


async def test_a_pipe_gets_the_newest_day_and_the_end(tmp_path: Path):
    async with Hub() as hub:
        status, output, errors = await run_command(tmp_path, {"HF_API_URL": hub.url, "CLOCK": EVENING}, "run")
    assert status == 0, errors
    assert "No token is set" in output.splitlines()[0]
    assert titles(output) == PAPERS
    assert "\x1b" not in output
    assert PROMPT not in output


async def test_without_network_and_with_an_empty_store_there_is_the_sample(tmp_path: Path):
    status, output, errors = await run_command(tmp_path, {}, "run")
    assert status == 0, errors
    assert "could not be fetched" in output
    assert "sample day" in output
    assert titles(output) == PAPERS


async def test_without_network_a_store_that_has_days_shows_its_newest(tmp_path: Path):
    async with Hub() as hub:
        await run_command(tmp_path, {"HF_API_URL": hub.url, "CLOCK": EVENING}, "fetch")
    status, output, _ = await run_command(tmp_path, {"CLOCK": EVENING}, "run")
    assert status == 0
    assert "The newest day in the store is 2024-03-28." in output
    assert titles(output) == PAPERS


@pytest.mark.parametrize("command", ["chat", "run"])
async def test_commands_can_be_piped_in(tmp_path: Path, command: str):
    typed = "/paper 2403.18802\n/search gaussian\n/day 2024-02-30\n"
    status, output, errors = await run_command(tmp_path, {"CLOCK": EVENING}, command, typed=typed)
    assert status == 0, errors
    output = output.partition("sample day")[2]
    assert (titles(output)[: len(PAPERS)] == PAPERS) is (command == "run")
    assert "Long-form factuality" in output
    assert "Gamba" in output
    assert "2024-02-30" in output


async def test_a_person_types_and_leaves_with_ctrl_d(tmp_path: Path):
    async with Hub() as hub:

        def person() -> None:
            terminal = typed_into(tmp_path, {"HF_API_URL": hub.url, "CLOCK": EVENING})
            terminal.expect_exact("Daily Papers · 2024-03-28")
            terminal.expect_exact(PROMPT)
            for line, answer in (
                ("/today", "ViTAR"),
                ("/paper 2403.18361", "Qihang Fan"),
                ("/day 2024-03-26", "2024-03-26"),
                ("/search resolution", "ViTAR"),
                ("/subscribe 09:00 Asia/Seoul", "09:00"),
                ("/unsubscribe", ""),
                ("nonsense", "/help"),
            ):
                terminal.sendline(line)
                terminal.expect_exact(answer)
                terminal.expect_exact(PROMPT)
            terminal.sendeof()
            terminal.expect(pexpect.EOF)
            terminal.close()
            assert terminal.exitstatus == 0

        await asyncio.to_thread(person)


async def test_lines_fit_a_narrow_terminal_without_colours(tmp_path: Path):
    await run_command(tmp_path, {"CLOCK": EVENING}, "run")

    def person() -> str:
        terminal = typed_into(tmp_path, {"CLOCK": EVENING}, "chat", columns=60)
        terminal.expect_exact(PROMPT)
        terminal.sendline("/day 2024-03-28")
        terminal.expect_exact("Towards a World-English")
        terminal.expect_exact(PROMPT)
        terminal.sendeof()
        shown = terminal.before or ""
        terminal.close()
        return str(shown)

    lines = (await asyncio.to_thread(person)).splitlines()
    assert any("월드 잉글리시" in line for line in lines)
    assert max(cell_len(line) for line in lines) <= 60


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_signals_end_it_within_seconds_and_without_a_trace(tmp_path: Path, number: signal.Signals):
    def person() -> None:
        terminal = typed_into(tmp_path, {"CLOCK": EVENING}, "chat")
        terminal.expect_exact(PROMPT)
        terminal.kill(number)
        rest = terminal.expect(pexpect.EOF, timeout=5)
        assert rest == 0
        assert "Traceback" not in (terminal.before or "")
        terminal.close()
        assert terminal.exitstatus == 0

    await asyncio.to_thread(person)


async def test_the_terminals_own_digest_survives_a_power_cut(tmp_path: Path):
    async with Hub() as hub:
        settings = {"HF_API_URL": hub.url}
        await run_command(tmp_path, settings | {"CLOCK": EVENING}, "fetch")
        status, output, _ = await run_command(
            tmp_path, settings | {"CLOCK": EVENING}, "chat", typed="/subscribe 09:00 Asia/Seoul\n"
        )
        assert status == 0
        assert "2024-03-28" in output

        def cut() -> str:
            """Nobody reads the terminal, so it fills up and stops the program in the middle; then the power goes."""
            terminal = typed_into(tmp_path, settings | {"CLOCK": BEFORE_NINE}, "chat")
            terminal.expect_exact(PROMPT)
            terminal.expect_exact("Daily Papers · 2024-03-28")
            terminal.kill(signal.SIGKILL)
            terminal.expect(pexpect.EOF)
            shown = terminal.before or ""
            terminal.close()
            return shown

        def rest() -> str:
            terminal = typed_into(tmp_path, settings | {"CLOCK": AFTER_NINE}, "chat")
            shown = StringIO()
            terminal.logfile_read = shown
            terminal.expect_exact(PROMPT)
            with pytest.raises(pexpect.TIMEOUT):
                terminal.expect("never said", timeout=6)
            terminal.sendeof()
            terminal.expect(pexpect.EOF)
            terminal.close()
            return shown.getvalue()

        first, second = titles(await asyncio.to_thread(cut)), titles(await asyncio.to_thread(rest))
    repeated = [paper for paper in first if paper in second]
    assert len(repeated) <= 1
    assert [*first, *(paper for paper in second if paper not in repeated)] == PAPERS
