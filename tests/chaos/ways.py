"""A run that is disturbed, the ways on from there, and whether all came out as it should.

Owns the three ways that the product promises: by its journal, by the plan file, by the manifests;
and the two disturbances: the process is killed, or the answer to a write is lost.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from .answers import Lost, answers
from .judge import Result, live_passwords, result, told
from .moments import Point
from .yard import Yard, forget, repository, secrets

PLAN = "plan.json"
ROUNDS = 3
APPLY = ("apply", "--plan", PLAN, "--yes", "--parallelism", "1", "--progress", "none")
GONE = (".pcsync", "pcsync.lock.yaml")
CODE = "password-not-kept"


class Way(StrEnum):
    """What is left after a disturbance, and how it goes on; by itself the run never ended."""

    ITSELF = "itself"
    JOURNAL = "journal"
    PLAN = "plan"
    MANIFESTS = "manifests"


BEGUN = "400"
"""Seconds in which an undisturbed apply has begun all of its steps."""
AGAIN = Way.JOURNAL, Way.PLAN, Way.MANIFESTS


@dataclass(frozen=True, slots=True)
class Kill:
    """The `number`-th moment of a kind, which belongs to a step."""

    point: str
    number: int
    step: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one disturbance came to. `doubled` are effects that were there too often, `lost` the
    secrets that are missing and were not `reported`, `wrong` everything else."""

    way: Way
    what: Kill | Lost
    wrong: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def fine(self) -> bool:
        """Whether it converged, with nothing doubled and nothing lost."""
        return not (self.wrong or self.doubled or self.lost)


@dataclass(frozen=True, slots=True)
class Reference:
    """A run that nobody disturbed: its plan file, what came of it, its moments, the answers to its
    writes, and its secrets."""

    plan: Path
    result: Result
    kills: tuple[Kill, ...]
    answers: tuple[Lost, ...]
    secrets: frozenset[str]


def reference(yard: Yard, folder: Path) -> Reference:
    """Plans and applies in peace."""
    yard.reset()
    repository(folder)
    assert yard.run(folder, "plan", "--out", PLAN) == 0, _printed(folder, "plan")
    trace = folder / "trace"
    before = len(yard.calls())
    assert yard.run(folder, *APPLY, trace=trace) == 0, _printed(folder, "apply")
    kills = tuple(Kill(point, number, step) for point, number, step in _lines(trace))
    calls = yard.calls()
    found = result(yard.facts(), calls)
    sent = [kill.step for kill in kills if kill.point == Point.REQUEST_SENT]
    lost = answers(calls[before:], sent)
    return Reference(folder / PLAN, found, kills, lost, frozenset(secrets(folder)))


def killed(yard: Yard, known: Reference, way: Way, kill: Kill, folder: Path) -> Verdict:
    """One run that is killed and goes on in one of the ways."""
    began = time.monotonic()
    _prepare(yard, known, folder)
    code = yard.run(folder, *APPLY, kill=(kill.number, kill.point))
    assert code == -9, (kill, code, _printed(folder, "apply"))
    _lose(way, folder)
    gone_on = _go_on(yard, folder, Verdict(way, kill))
    return _verdict(yard, known, gone_on, folder, began)


def answer_lost(yard: Yard, known: Reference, way: Way, lost: Lost, folder: Path) -> Verdict:
    """One run that loses one answer. By itself it gets through with the repeat, and needs no other
    run; in the other ways nobody answers any more until it has ended."""
    began = time.monotonic()
    _prepare(yard, known, folder)
    yard.fault(**lost.cut)
    if way is not Way.ITSELF:
        yard.fault(**lost.silence)
    code = yard.run(folder, *APPLY, "--fail-fast", "--deadline", BEGUN)
    assert lost.alone(yard.calls()), (lost, code, _printed(folder, "apply"))
    assert (code == 0) == (way is Way.ITSELF), (lost, code, _printed(folder, "apply"))
    yard.calm()
    _lose(way, folder)
    ended = Verdict(way, lost)
    gone_on = ended if way is Way.ITSELF else _go_on(yard, folder, ended)
    return _verdict(yard, known, gone_on, folder, began)


def _prepare(yard: Yard, known: Reference, folder: Path) -> None:
    """The world before, and a repository with the plan."""
    yard.reset()
    repository(folder)
    shutil.copy(known.plan, folder / PLAN)


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
            return "apply", "--yes", "--wait-for-orders", "--format", "json"
        case Way.ITSELF:
            return ()


def _go_on(yard: Yard, folder: Path, so_far: Verdict) -> Verdict:
    """Runs until it ends well; what did not, and of whose secrets the reports said that they may be
    lost: of those, too, who were there before anything was applied."""
    words = (*_words(so_far.way), "--progress", "none")
    codes: list[int] = []
    said: set[str] = set()
    while len(codes) < ROUNDS:
        codes.append(yard.run(folder, *words))
        said |= set(_reported(folder)) if so_far.way is Way.MANIFESTS else set()
        if codes[-1] == 0:
            return replace(so_far, reported=tuple(sorted(said)))
        yard.advance("PT5M")
    return replace(so_far, wrong=(f"ends with {codes}: {_printed(folder, 'apply')}",))


def _reported(folder: Path) -> Iterator[str]:
    """Whose passwords the last report says are not kept."""
    document = json.loads((folder / "apply.out").read_text("utf-8"))
    for finding in document["findings"]:
        if finding["code"] == CODE:
            yield finding["address"]


def _verdict(yard: Yard, known: Reference, so_far: Verdict, folder: Path, began: float) -> Verdict:
    """Compares with the run that nobody disturbed, and plans once more: nothing may be left."""
    found = result(yard.facts(), yard.calls())
    calls = yard.calls()
    code = yard.run(folder, "plan", "--detailed-exitcode")
    wrong = [*so_far.wrong, *([] if code == 0 else [f"plan ends with {code}"])]
    wrong += [line for line in told(known.result, found) if not _more(line)]
    stored = secrets(folder)
    wrong += [
        f"{name} is in the sink, and was reported" for name in so_far.reported if name in stored
    ]
    doubled = [line for line in told(known.result, found) if _more(line)]
    live = live_passwords(calls, _lines(folder / "sent.jsonl"))
    lost = sorted(_lost(known, stored, live, so_far.reported))
    mine = known.secrets - stored.keys()
    return replace(
        so_far,
        reported=tuple(name for name in so_far.reported if name in mine),
        wrong=tuple(wrong),
        doubled=tuple(doubled),
        lost=tuple(lost),
        seconds=round(time.monotonic() - began, 2),
    )


def _lost(
    known: Reference, stored: dict[str, object], live: Sequence[str], reported: Sequence[str]
) -> set[str]:
    """Secrets that are live, in no sink, and of which nobody was told."""
    missing = {f"a password {number}" for number, p in enumerate(live) if p not in stored.values()}
    return missing | (known.secrets - stored.keys() - set(reported))


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
