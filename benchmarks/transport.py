"""Ways to send a message to Telegram, side by side: messages a second and processor time a message, fifty in flight.

Each in a process of its own against the same stub, in rounds that alternate, so that what else the machine does meets
everybody; the best round of each counts. `python -m benchmarks.transport [SECONDS a round]`.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stub import kind, telegram_stub

ROOT = Path(__file__).resolve().parent.parent
# aiogram wants an older pydantic than this project's, so `make bench` gives it an environment of its own.
AIOGRAM = ROOT / ".venv" / "aiogram" / "bin" / "python"
ROUNDS = 2
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Contender:
    """One line of the table."""

    mark: str
    module: str
    title: str
    python: str = sys.executable


@dataclass(frozen=True, slots=True)
class Figure:
    """Messages a second, and microseconds of the processor for each."""

    rate: float
    cost: float


CONTENDERS = (
    Contender("b", "ptb", "python-telegram-bot, its own transport"),
    Contender("c", "ptb_aiohttp", "python-telegram-bot over this project's transport"),
    Contender("c2", "adapter", "this project's adapter, send() to Outcome"),
    Contender("d", "aiogram_bot", "aiogram", str(AIOGRAM)),
    Contender("e", "bare_aiohttp", "aiohttp alone, for orientation"),
)


def measured(contender: Contender, url: str, seconds: float = SECONDS) -> Figure | None:
    """One round, or None when what it needs is not installed."""
    if not Path(contender.python).exists():
        return None
    command = [contender.python, "-m", "benchmarks.contenders", contender.module, url, str(seconds)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(f"{contender.title} did not run to its end:\n{run.stderr[-2000:]}")
    found = json.loads(run.stdout)
    return Figure(found["messages"] / found["seconds"], found["processor"] / found["messages"] * 1e6)


def measure(seconds: float = SECONDS) -> dict[str, Figure]:
    """The best round of each contender, by its mark."""
    best: dict[str, Figure] = {}
    with telegram_stub() as url:
        for _ in range(ROUNDS):
            for contender in CONTENDERS:
                figure = measured(contender, url, seconds)
                if figure and (contender.mark not in best or figure.rate > best[contender.mark].rate):
                    best[contender.mark] = figure
    return best


def show(figures: dict[str, Figure]) -> None:
    """The table, with ratios to (b)."""
    base = figures["b"]
    print(f"against {kind()}, 50 in flight, the best of {ROUNDS} rounds")
    print(f"{'':4}{'':52}{'messages/s':>11}{'× (b)':>8}{'µs/message':>12}{'(b) ÷':>8}")
    for contender in CONTENDERS:
        figure = figures.get(contender.mark)
        line = f"({contender.mark})".ljust(5) + contender.title.ljust(51)
        if figure is None:
            print(f"{line}not measured: `make bench` installs what it needs")
            continue
        rate, cost = f"{figure.rate:>11,.0f}", f"{figure.cost:>12,.0f}"
        print(f"{line}{rate}{figure.rate / base.rate:>8.1f}{cost}{base.cost / figure.cost:>8.1f}")
    if "d" in figures:
        for mark in ("c", "c2"):
            rate = figures[mark].rate / figures["d"].rate
            # The clock counts what else the machine does; the processor's time does not.
            cost = figures["d"].cost / figures[mark].cost
            reached = "reached" if rate >= 1 else "reached in processor time" if cost >= 1 else "MISSED"
            print(f"({mark}) to aiogram: {rate:.2f} by the clock, {cost:.2f} in processor time; to reach 1.00: {reached}")


if __name__ == "__main__":
    show(measure(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))
