"""The owner of a lease: a name that tells whether its process is still alive. The rows are in bot/store/deliveries.py."""

import os
import secrets
import socket
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_PID_NAMESPACE = Path("/proc/self/ns/pid")


@dataclass(frozen=True, slots=True)
class Owner:
    """A sending process, `host:boot:pid:start`, and a mark that distinguishes two engines of one process.

    `boot` identifies the machine's boot and the pid namespace, since one container's pids mean nothing in another; `start`
    is when the process began, in clock ticks, since pids are reused. Both are "" if the system does not say.
    """

    host: str
    boot: str
    pid: int
    start: str
    mark: str = ""

    def __str__(self) -> str:
        return ":".join((self.host, self.boot, str(self.pid), self.start, self.mark))


def this_process() -> Owner:
    """The name under which this process takes leases; each call gives another mark."""
    return Owner(_host(), _boot(), os.getpid(), _start(os.getpid()) or "", secrets.token_hex(3))


class Life(StrEnum):
    """What is known about a lease's owner."""

    ALIVE = "alive"  # it renews its leases itself, however its clock differs from ours
    DEAD = "dead"  # its leases are free at once
    UNKNOWN = "unknown"  # its leases are free when they are not renewed in time


def life(name: str) -> Life:
    """Whether the owner with this name is alive. About other machines and containers nothing is known."""
    host, boot, pid, start, *_ = [*name.split(":"), "", "", ""]
    if host != _host() or not pid.isdigit():
        return Life.UNKNOWN
    if boot != _boot():
        # The same machine after a restart; but another namespace of this run may be another container, alive.
        restarted = bool(boot and _boot()) and boot.partition("-")[0] != _boot().partition("-")[0]
        return Life.DEAD if restarted else Life.UNKNOWN
    found = _start(int(pid))
    if found is None or found != start:
        return Life.DEAD
    # Where no start time is known, the pid may be another process's.
    return Life.ALIVE if found else Life.UNKNOWN


def _host() -> str:
    return socket.gethostname().replace(":", "-")


def _boot() -> str:
    try:
        namespace = _PID_NAMESPACE.readlink().name.strip("pid:[]")
        return f"{_BOOT_ID.read_text(encoding='ascii').strip().replace('-', '')}-{namespace}"
    except OSError:
        return ""


def _start(pid: int) -> str | None:
    """When a process began, "" where that cannot be known, None when there is no such process."""
    try:
        # Field 22 of proc(5) `stat`; the name in parentheses before may hold spaces and parentheses itself.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        # A zombie sends nothing any more, even while its parent has not asked for it (field 3).
        return None if fields[0] in "ZX" else fields[19]
    except OSError:
        pass
    if os.name != "posix":  # elsewhere os.kill ends the process whatever the signal
        return ""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except OSError:
        pass
    return ""
