"""A store for a test that needs one and is not about how one comes to be: made once, then copied, which is ten times faster."""

import functools
import tempfile
from pathlib import Path

from bot.store.connection import Store, open_store


def new_store(path: Path) -> Store:
    """An empty store in a file of its own at `path`, as `open_store` leaves one there. To be closed, or a context manager."""
    with path.open("xb") as file:
        file.write(_made())
    return open_store(path)


@functools.cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        open_store(path).close()
        assert [one.name for one in path.parent.iterdir()] == [path.name]
        return path.read_bytes()
