"""The lives of a program, one after another: it is killed at an instant, and the next begins with the file as it was then.

Kills in this way fall into whatever instant a test chooses, between two bytes of an answer too, and cost no start of a
process. Real processes are killed in tests/integration/test_kills.py.
"""

import contextlib
import os
import sqlite3
from pathlib import Path

# No process of this system has that number (proc(5), pid_max): whoever had it is dead.
DEAD = 999_999_999


class Lives:
    """`path` is the store of the life that is lived now. What a killed one still does, it does to a file that nobody opens."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.number = 0
        self.killed = False

    @property
    def path(self) -> Path:
        return self.folder / f"{self.number}.db"

    def begin(self) -> None:
        """A process starts."""
        self.killed = False

    def kill(self) -> None:
        """Whatever is done from now on is not done: the next process finds the store as it is at this instant."""
        left, self.killed = self.path, True
        self.number += 1
        with contextlib.closing(sqlite3.connect(left)) as one, contextlib.closing(sqlite3.connect(self.path)) as copy:
            one.backup(copy)
            copy.execute("UPDATE delivery SET lease_owner = replace(lease_owner, ?, ?)", (f":{os.getpid()}:", f":{DEAD}:"))
            copy.commit()
