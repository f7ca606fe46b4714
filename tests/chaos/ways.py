"""A run that is killed, the ways on from there, and whether all came out as it should.

Owns the three ways that the product promises: by its journal, by the plan file, by the manifests.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from .judge import Result, live_passwords, result, told
from .yard import Yard, forget, repository, secrets

PLAN = "plan.json"
ROUNDS = 3
APPLY = ("apply", "--plan", PLAN, "--yes", "--parallelism", "1", "--progress", "none")
GONE = (".pcsync", "pcsync.lock.yaml")
ADMIN = "customer/adatum"


class Way(StrEnum):
    """What is left after a kill, and how it goes on."""

    JOURNAL = "journal"
    PLAN = "plan"
    MANIFESTS = "manifests"


@dataclass(frozen=True, slots=True)
class Kill:
    """The `number`-th moment of a kind, which belongs to a step."""

    point: str
    number: int
    step: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one kill came to. `doubled` are effects that were there too often, `lost` the secrets
    that are missing, `wrong` everything else; `said` is what a lost secret was reported with."""

    way: Way
    kill: Kill
    wrong: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether it converged, with nothing doubled and nothing lost."""
        return not (self.wrong or self.doubled or self.lost)


@dataclass(frozen=True, slots=True)
class Reference:
    """A run that nobody disturbed: its plan file, what came of it, its moments and secrets."""

    plan: Path
    result: Result
    kills: tuple[Kill, ...]
    secrets: frozenset[str]


def reference(yard: Yard, folder: Path) -> Reference:
    """Plans and applies in peace."""
    yard.reset()
    repository(folder)
    assert yard.run(folder, "plan", "--out", PLAN) == 0, _printed(folder, "plan")
    trace = folder / "trace"
    assert yard.run(folder, *APPLY, trace=trace) == 0, _printed(folder, "apply")
    kills = tuple(Kill(point, number, step) for point, number, step in _lines(trace))
    found = result(yard.facts(), yard.calls())
    return Reference(folder / PLAN, found, kills, frozenset(secrets(folder)))


def killed(yard: Yard, known: Reference, way: Way, kill: Kill, folder: Path) -> Verdict:
    """One run that is killed and goes on in one of the ways."""
    began = time.monotonic()
    yard.reset()
    repository(folder)
    shutil.copy(known.plan, folder / PLAN)
    code = yard.run(folder, *APPLY, kill=(kill.number, kill.point))
    assert code == -9, (kill, code, _printed(folder, "apply"))
    _lose(way, folder)
    wrong = _go_on(yard, way, folder)
    return _verdict(yard, known, Verdict(way, kill, tuple(wrong)), folder, began)


def _lose(way: Way, folder: Path) -> None:
    match way:
        case Way.PLAN:
            forget(folder, *GONE)
        case Way.MANIFESTS:
            forget(folder, *GONE, PLAN)


def _words(way: Way) -> Sequence[str]:
    match way:
        case Way.JOURNAL:
            return "apply", "--resume", "--yes"
        case Way.PLAN:
            return APPLY
        case Way.MANIFESTS:
            return "apply", "--yes", "--wait-for-orders"


def _go_on(yard: Yard, way: Way, folder: Path) -> list[str]:
    """Runs until it ends well; what did not."""
    words = (*_words(way), "--progress", "none")
    codes = []
    for _ in range(ROUNDS):
        codes.append(yard.run(folder, *words))
        if codes[-1] == 0:
            return []
        yard.advance("PT5M")
    return [f"ends with {codes}: {_printed(folder, 'apply')}"]


def _verdict(yard: Yard, known: Reference, so_far: Verdict, folder: Path, began: float) -> Verdict:
    """Compares with the run that nobody disturbed, and plans once more: nothing may be left."""
    found = result(yard.facts(), yard.calls())
    calls = yard.calls()
    code = yard.run(folder, "plan", "--detailed-exitcode")
    wrong = [*so_far.wrong, *([] if code == 0 else [f"plan ends with {code}"])]
    wrong += [line for line in told(known.result, found) if not _more(line)]
    doubled = [line for line in told(known.result, found) if _more(line)]
    live = live_passwords(calls, _lines(folder / "sent.jsonl"))
    lost = sorted(_lost(known, secrets(folder), live, so_far.way))
    spent = time.monotonic() - began
    return Verdict(
        so_far.way, so_far.kill, tuple(wrong), tuple(doubled), tuple(lost), round(spent, 2)
    )


def _lost(known: Reference, stored: dict[str, object], live: Sequence[str], way: Way) -> set[str]:
    """Secrets that are live and in no sink. By manifests alone what the service gives once may be
    lost with its answer."""
    missing = {f"a password {number}" for number, p in enumerate(live) if p not in stored.values()}
    names = known.secrets - stored.keys()
    if way is Way.MANIFESTS:
        names -= {ADMIN}
    return missing | names


def _more(line: str) -> bool:
    """Whether a difference is an effect that was there too often."""
    times, _, wanted = line.rpartition(": ")[2].partition(" times, wanted ")
    return bool(wanted) and int(times) > int(wanted)


def _printed(folder: Path, command: str) -> str:
    places = folder / f"{command}.out", folder / f"{command}.err"
    return "\n".join(place.read_text("utf-8")[-3000:] for place in places)


def _lines(place: Path) -> list[Any]:
    text = place.read_text("utf-8") if place.exists() else ""
    return [json.loads(line) for line in text.splitlines()]
