"""A broadcast's progress bar on a terminal, below the log lines and gone when it ends. Figures: bot/reporting.py."""

from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from bot.delivery.progress import Progress, duration
from bot.store.announcements import called


class BroadcastBar:
    """Call it with the progress, and with None when there is no broadcast any more."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True)
        self._bars: Bars | None = None

    def __call__(self, progress: Progress | None) -> None:
        if progress is None:
            self.close()
            return
        if self._bars is None:
            # Whatever else writes to standard error (the log) is printed above it: rich takes it over meanwhile.
            self._bars = Bars(
                TextColumn("{task.description}"),
                BarColumn(bar_width=24),
                TextColumn("{task.fields[told]}"),
                console=self._console,
                transient=True,
                auto_refresh=False,
                redirect_stdout=False,
            )
            self._bars.add_task("", told="")
        self._bars.update(
            self._bars.task_ids[0],
            description=called(progress.list_day),
            total=progress.messages,
            completed=progress.messages_done,
            told=told(progress),
        )
        # The first time it begins to be shown; later it is drawn anew.
        self._bars.start()
        self._bars.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self._bars is not None:
            self._bars.stop()
            self._bars = None


def told(progress: Progress) -> str:
    """How far it is, as one line: `1200 of 3000 chats, 13200 of 33000 messages, 29.8 a second, 11 min to go`."""
    parts = [
        f"{progress.done} of {progress.chats} chats",
        f"{progress.messages_done} of {progress.messages} messages",
    ]
    if progress.rate is not None:
        parts.append(f"{progress.rate:.1f} a second")
    if progress.seconds_left is not None:
        parts.append(f"{duration(progress.seconds_left)} to go")
    return ", ".join(parts)
