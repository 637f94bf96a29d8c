"""How long to wait before trying again while Telegram cannot be reached: longer each time, half a minute at most."""

from collections.abc import Iterator


def growing_pauses() -> Iterator[float]:
    """Seconds, without end: 0.5, 1, 2, 4, 8, 16, 30, 30, …"""
    pause = 0.5
    while True:
        yield min(pause, 30.0)
        pause *= 2
