"""Arguments of lists, such as a search's words, that are too long for the buttons. Each text is stored once."""

import sqlite3


def keep(connection: sqlite3.Connection, text: str) -> int:
    """The number of `text`, the same for ever."""
    connection.execute("INSERT INTO list_argument (text) VALUES (?) ON CONFLICT (text) DO NOTHING", (text,))
    (number,) = connection.execute("SELECT id FROM list_argument WHERE text = ?", (text,)).fetchone()
    return int(number)


def kept(connection: sqlite3.Connection, number: int) -> str | None:
    """The text of a number, None where there is none."""
    row = connection.execute("SELECT text FROM list_argument WHERE id = ?", (number,)).fetchone()
    return None if row is None else str(row["text"])
