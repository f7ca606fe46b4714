"""`make chaos`: every moment in which an apply may die, and every answer that may be lost, in all
ways; a table, and JSON.

Each worker has an emulator of its own. `--every N` takes every N-th moment of a kind, `--workers N`
says how many work at once.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from . import table
from .answers import Lost
from .moments import Point
from .ways import AGAIN, Kill, Reference, Verdict, Way, answer_lost, killed, reference
from .yard import ROOT, Yard, yard

OUT = ROOT / "build" / "chaos.json"
Job = tuple[Way, Kill | Lost]


def main() -> int:
    """The exit code: 1 if anything was doubled, lost, or did not converge."""
    asked = _asked()
    with TemporaryDirectory() as place:
        verdicts = _all(Path(place), asked.workers, asked.every)
    sys.stdout.write(table.text(verdicts) + "\n")
    bad = [each for each in verdicts if not each.fine]
    for each in bad:
        why = "; ".join((*each.doubled, *each.lost, *each.wrong))
        sys.stdout.write(f"\n{each.way}, {each.what}: {why}\n")
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
    jobs = list(_jobs(known, every))
    with ThreadPoolExecutor(workers) as pool:
        shares = [(known, jobs[n::workers], place / f"worker-{n}") for n in range(workers)]
        found = [each for share in pool.map(lambda given: _share(*given), shares) for each in share]
    order = {job: number for number, job in enumerate(jobs)}
    return sorted(found, key=lambda each: order[each.way, each.what])


def _jobs(known: Reference, every: int) -> Iterator[Job]:
    """Every N-th moment of each kind in the ways of a run that was killed, and every N-th answer
    in all."""
    of_kind = ([kill for kill in known.kills if kill.point == point] for point in Point)
    kills = [kill for kind in of_kind for kill in kind[every // 2 :: every]]
    yield from ((way, kill) for way in AGAIN for kill in kills)
    yield from ((way, lost) for way in Way for lost in known.answers[every // 2 :: every])


def _share(known: Reference, jobs: Sequence[Job], folder: Path) -> list[Verdict]:
    """One worker's part, against an emulator of its own."""
    with yard() as mine:
        return [_run(mine, known, *job, folder) for job in jobs]


def _run(mine: Yard, known: Reference, way: Way, what: Kill | Lost, folder: Path) -> Verdict:
    if isinstance(what, Lost):
        return answer_lost(mine, known, way, what, folder)
    return killed(mine, known, way, what, folder)


if __name__ == "__main__":
    sys.exit(main())
