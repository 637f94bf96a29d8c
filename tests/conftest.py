"""What holds for every test: a skipped one is named with its reason, and one that nobody expected fails the run."""

import os
import sys
from collections.abc import Generator

import pytest

from tests.chromium import CHROMIUM, NO_CHROMIUM
from tests.ruby import NO_RUBY, RUBY
from tests.shared_data import SHARED, needs_shared

# Reasons for which a test may be left out on a machine that lacks something; with all of it there, none is.
EXPECTED = {
    "the real data (../shared/data) is not on this machine": not SHARED.is_dir(),
    "no file size limit on this system": os.name != "posix",
    "start times are read from /proc": not sys.platform.startswith("linux"),
    NO_CHROMIUM: CHROMIUM is None,
    NO_RUBY: RUBY is None,
    # pyproject.toml asks for tdjson on Linux, so there it must be installed.
    "tdjson, TDLib's own parser, is not installed here": not sys.platform.startswith("linux"),
}
_skipped: dict[str, list[str]] = {}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: the end-to-end tests spend half their time waiting for clocks and processes."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (cores or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Coverage is not measured over the real data: years of papers are long, and it must be enough without them."""
    plugin = item.config.pluginmanager.getplugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    if controller is None or needs_shared.mark not in item.iter_markers():
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped:
        _skipped.setdefault(_reason(report), []).append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        _skipped.setdefault(_reason(report), []).append(report.nodeid)


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    written = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return written.removeprefix("Skipped: ")


def _unexpected() -> list[str]:
    return [reason for reason in _skipped if not EXPECTED.get(reason, False)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    # Workers report to the one that started them; it alone judges.
    if not hasattr(session.config, "workerinput") and _unexpected() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for reason, tests in sorted(_skipped.items()):
        expected = "expected here" if EXPECTED.get(reason, False) else "NOT expected here, so the run fails"
        terminalreporter.write_line(f"Skipped {len(tests)} ({expected}): {reason}")
    if not _skipped:
        terminalreporter.write_line("Skipped none.")
