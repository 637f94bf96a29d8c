"""The installed program as a process of its own. Its time is set by CLOCK alone, its world by the URLs of its settings."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

COMMAND = str(Path(sys.executable).parent / "daily-papers")
# What the machine that runs the tests may have set must not reach the program under test.
_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
_MEASURED = ("COVERAGE_PROCESS_START", "COVERAGE_PROCESS_CONFIG")


def environment(settings: Mapping[str, str], *, measured: bool = True) -> dict[str, str]:
    """A bare environment with `settings`; both kinds of sources lead nowhere unless `settings` say where.

    `measured`: the process counts for the coverage, where that is measured.
    """
    kept = {name: os.environ[name] for name in (*_KEPT, *(_MEASURED if measured else ())) if name in os.environ}
    nowhere = {"HF_API_URL": "http://127.0.0.1:9", "ARXIV_API_URL": "http://127.0.0.1:9", "PYTHONUNBUFFERED": "1"}
    # A card takes some tenths of a second, and would look for thumbnails in the world.
    nowhere["CARDS"] = "false"
    return kept | nowhere | dict(settings)


async def run_command(folder: Path, settings: Mapping[str, str], *arguments: str, typed: str = "") -> tuple[int, str, str]:
    """Run `daily-papers ARGUMENTS` to its end in `folder`. Gives its exit status, standard output and standard error."""
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *arguments,
        cwd=folder,
        env=environment(settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(90):
        output, errors = await process.communicate(typed.encode())
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


class Running:
    """A `daily-papers run` at work; its log is in `log`."""

    def __init__(self, process: asyncio.subprocess.Process, log: Path) -> None:
        self.process = process
        self.log = log

    def logged(self) -> str:
        return self.log.read_text(encoding="utf-8")

    async def wait_for_log(self, text: str, seconds: float = 20) -> None:
        """Wait until the log holds `text`; fails with the log when it does not come, or when the process ends before."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while text not in self.logged():
                    assert self.process.returncode is None, f"ended with {self.process.returncode}:\n{self.logged()}"
                    await asyncio.sleep(0.05)
        assert text in self.logged(), f"'{text}' was not logged:\n{self.logged()}"

    async def terminate(self, seconds: float = 10) -> int:
        """Ask it to stop (SIGTERM), and give its exit status."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), seconds)

    async def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        self.process.kill()
        await self.process.wait()


@contextlib.asynccontextmanager
async def running(folder: Path, settings: Mapping[str, str], *arguments: str) -> AsyncIterator[Running]:
    """`daily-papers run` until the end of the block; stopped cleanly there unless it has ended already."""
    arguments = arguments or ("run",)
    log = folder / f"log-{len(list(folder.glob('log-*')))}"
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            COMMAND,
            *arguments,
            cwd=folder,
            # `run` is started a hundred times, and half as slow again when it is measured; what it does besides putting
            # its parts together is measured where those are tested.
            env=environment(settings, measured=arguments[0] != "run"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=written,
            stderr=written,
        )
    one = Running(process, log)
    try:
        yield one
    except BaseException:
        sys.stderr.write(f"--- log of the process ---\n{one.logged()[-8000:]}\n")
        raise
    finally:
        if process.returncode is None:
            with contextlib.suppress(TimeoutError):
                await one.terminate()
        if process.returncode is None:
            await one.kill()
