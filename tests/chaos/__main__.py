"""`make chaos`: every moment in which an apply may die, in all three ways; a table, and JSON.

Each worker has an emulator of its own. `--every N` takes every N-th moment of a kind, `--workers N`
says how many work at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from . import table
from .moments import Point
from .ways import Kill, Reference, Verdict, Way, killed, reference
from .yard import ROOT, yard

OUT = ROOT / "build" / "chaos.json"
Job = tuple[Way, Kill]


def main() -> int:
    """The exit code: 1 if anything was doubled, lost, or did not converge."""
    asked = _asked()
    with TemporaryDirectory() as place:
        verdicts = _all(Path(place), asked.workers, asked.every)
    sys.stdout.write(table.text(verdicts) + "\n")
    bad = [each for each in verdicts if not each.fine]
    for each in bad:
        why = "; ".join((*each.doubled, *each.lost, *each.wrong))
        sys.stdout.write(f"\n{each.way}, {each.kill}: {why}\n")
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(table.document(verdicts), indent=2), "utf-8")
    return 1 if bad else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--every", type=int, default=1)
    return parser.parse_args()


def _all(place: Path, workers: int, every: int) -> list[Verdict]:
    with yard() as one:
        known = reference(one, place / "reference")
    of_kind = ([kill for kill in known.kills if kill.point == point] for point in Point)
    some = [kill for kills in of_kind for kill in kills[every // 2 :: every]]
    jobs = [(way, kill) for way in Way for kill in some]
    with ThreadPoolExecutor(workers) as pool:
        shares = [(known, jobs[n::workers], place / f"worker-{n}") for n in range(workers)]
        found = [each for share in pool.map(lambda given: _share(*given), shares) for each in share]
    order = {job: number for number, job in enumerate(jobs)}
    return sorted(found, key=lambda each: order[each.way, each.kill])


def _share(known: Reference, jobs: Sequence[Job], folder: Path) -> list[Verdict]:
    """One worker's part, against an emulator of its own."""
    with yard() as mine:
        return [killed(mine, known, way, kill, folder) for way, kill in jobs]


if __name__ == "__main__":
    sys.exit(main())
