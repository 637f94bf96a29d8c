"""`python -m benchmarks [name …]`: each named module of this folder in a process of its own, one after another.

Without names, those of `make bench`. A module is run as `python -m benchmarks.NAME` and prints its own table: the figure,
its ratio to the baseline of the same run, the target.
"""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
# What `make bench` shows, in this order.
USUAL = ("transport", "engine", "planning", "answers", "web", "search")


def main() -> int:
    """Status 1 when a benchmark broke, 2 for an unknown name. A missed target is shown, and no failure: machines differ."""
    there = {file.stem for file in FOLDER.glob("*.py")} - {"__init__", "__main__"}
    names = sys.argv[1:] or [name for name in USUAL if name in there]
    if unknown := sorted(set(names) - there):
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(sorted(there))}.", file=sys.stderr)
        return 2
    broken = []
    for name in names:
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False, cwd=FOLDER.parent).returncode:
            broken.append(name)
        print(flush=True)
    if broken:
        print(f"These did not run to their end: {', '.join(broken)}.", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
