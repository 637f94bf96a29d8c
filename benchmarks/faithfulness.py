"""How good the check of summaries is, how much each of its rules is worth, and how fast it is.

    python -m benchmarks.faithfulness [--judged FILE] [--half look|kept|both]

Over the judged summaries of ../shared/data (or a file of the same form): false ones found, true ones called false, with
everything on, then with each rule off and each kind of evidence at nothing. The rows are split by a hash of the paper's id:
rules were written while looking at one half ("look"), the other ("kept") was only scored. "Swapped" are bullets of another
paper of the same half, which every check should refuse.
"""

import argparse
import hashlib
import json
import statistics
import time
from dataclasses import fields
from pathlib import Path

from bot.summaries.faithfulness import Rule, check
from bot.summaries.faithfulness.subject import Weights, without

JUDGED = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "summaries" / "judged.jsonl"


def is_kept(paper_id: str) -> bool:
    """Whether a row is of the half that was not looked at."""
    return hashlib.sha256(paper_id.encode()).digest()[0] % 2 == 1


def score(rows, **options):
    """Of rows: (false ones, found, true ones, called false, ids missed, ids called false wrongly)."""
    missed, alarms, false = [], [], 0
    for row in rows:
        verdict = check(row["title"], row["abstract"], row["ko_bullets"], "ko", **options)
        false += not row["faithful"]
        if not row["faithful"] and verdict.faithful is not False:
            missed.append(row["id"])
        if row["faithful"] and verdict.faithful is not True:
            alarms.append(row["id"])
    return false, len(rows) - false, missed, alarms


def swapped(rows, **options):
    """The share of true bullets that pass as another paper's: each under the paper that stands three rows later."""
    true = [row for row in rows if row["faithful"]]
    passed = [
        check(
            true[(index + 3) % len(true)]["title"],
            true[(index + 3) % len(true)]["abstract"],
            row["ko_bullets"],
            "ko",
            **options,
        )
        for index, row in enumerate(true)
    ]
    return sum(verdict.faithful is not False for verdict in passed) / len(true)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--judged", type=Path, default=JUDGED)
    parser.add_argument("--half", choices=("look", "kept", "both"), default="both")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.judged.read_text(encoding="utf-8").splitlines()]
    halves = {"look": [row for row in rows if not is_kept(row["id"])], "kept": [row for row in rows if is_kept(row["id"])]}
    chosen = {name: half for name, half in halves.items() if options.half in {name, "both"}}
    for name, half in chosen.items():
        false, true, missed, alarms = score(half)
        print(f"{name}: found {false - len(missed)} of {false} false, called false {len(alarms)} of {true} true")
        print(f"  missed: {' '.join(missed) or 'none'}\n  called false: {' '.join(alarms) or 'none'}")
    ablation(chosen)
    speed(rows)


def ablation(halves):
    variants = [("everything on", {})]
    variants += [(f"rule {rule} off", {"off": frozenset({rule})}) for rule in Rule]
    variants += [(f"no {one.name}", {"weights": without(Weights(), one.name)}) for one in fields(Weights)]
    print(f"\n{'':<22}" + "".join(f"{name + ': found':>14}{'alarms':>9}{'swaps pass':>12}" for name in halves))
    for name, options in variants:
        cells = ""
        for half in halves.values():
            false, true, missed, alarms = score(half, **options)
            cells += (
                f"{(false - len(missed)) / max(1, false):>14.1%}{len(alarms) / true:>9.1%}{swapped(half, **options):>12.1%}"
            )
        print(f"{name:<22}{cells}", flush=True)


def speed(rows):
    """Milliseconds of processor for a check, one after another, each of a paper not seen before."""
    times = []
    for row in rows:
        began = time.process_time_ns()
        check(row["title"], row["abstract"], row["ko_bullets"], "ko")
        times.append((time.process_time_ns() - began) / 1e6)
    print(f"\nA check takes {statistics.mean(times):.2f} ms, at worst {max(times):.1f} ms, over {len(times)} summaries.")


if __name__ == "__main__":
    main()
