"""Every kind by its cases: plan, apply, look at what was written, plan again: nothing is left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from harness import Box, acting, costs, line, lines, weighed

from pcsync.errors import ManifestProblems, PcsyncError
from pcsync.model import Applied, Await, Finding, Outcome, Plan, When
from pcsync.plan.file import dump
from pcsync.report.document import apply_document, plan_document

from .cases import Case, load, prepare

ALL = [
    pytest.param(case, id=f"{kind}: {case.name}")
    for kind in ("budget", "customer", "license", "subscription", "user")
    for case in load(kind)
]


@pytest.mark.parametrize("case", ALL)
def test_case(case: Case, box: Box) -> None:
    if not case.xfail:
        run(case, box)
        return
    # Not by pytest's mark: its report parses this file, which CPython 3.11 can't do beside threads.
    try:
        run(case, box)
    except (AssertionError, PcsyncError):
        raise pytest.xfail.Exception(case.xfail, pytrace=False) from None
    pytest.fail("passes by now: remove `xfail`", pytrace=False)


def run(case: Case, box: Box) -> None:
    """Plans, applies, looks at what was written, and plans again."""
    prepare(box, case)
    if case.problems:
        _assert_problems(box, case)
        return
    plan = box.plan(case.manifest)
    reads = box.reads()
    assert lines(plan) == case.plan
    assert all(action.rules for action in plan.actions), "an action names the rules that chose it"
    _assert_notes(case, plan)
    _assert_findings(case.findings, plan.findings)
    if case.money is not None:
        assert costs(plan) == case.money
    if case.ways is not None:
        assert weighed(plan) == case.ways
    assert sorted(map(str, plan.unknown)) == sorted(case.unknown)
    _assert_reads(case.reads, reads)
    assert [step.says for step in plan.steps if isinstance(step, Await)] == case.waits
    if plan.steps:
        _assert_applied(case, box, plan)
    assert box.writes() == case.writes
    if case.after:
        _assert_after(case.after, box.facts())
    _assert_second(case, plan, box.plan(case.again or case.manifest))


def _assert_applied(case: Case, box: Box, plan: Plan) -> None:
    applied = box.apply(plan)
    _assert_outcomes(case, plan, applied)
    _assert_secrets(case, box, plan, applied)


def _assert_problems(box: Box, case: Case) -> None:
    """The manifests are refused before anything is asked."""
    with pytest.raises(ManifestProblems) as caught:
        box.plan(case.manifest)
    found = caught.value.lines()[:-1]
    assert len(found) == len(case.problems), found
    assert all(part in row for part, row in zip(case.problems, found, strict=True)), found
    assert box.reads() == box.writes() == []


def _assert_findings(expected: list[str], found: tuple[Finding, ...]) -> None:
    assert [each.partition(":")[0] for each in expected] == [f.code for f in found], found
    for each, finding in zip(expected, found, strict=True):
        assert each.partition(": ")[2] in f"{finding.address} {finding.what}; {finding.advice}"


def _assert_notes(case: Case, plan: Plan) -> None:
    effects = [effect for action in plan.actions for effect in action.effects]
    effects += [text for action in plan.actions for _, text in action.says]
    for part in case.effects:
        assert any(part in effect for effect in effects), effects
    expected = case.notes
    found = [note for action in plan.actions for note in action.notes]
    if expected is not None:
        assert len(found) == len(expected), found
        assert all(part in note for part, note in zip(expected, found, strict=True)), found


def _assert_reads(expected: int | list[str] | None, reads: list[str]) -> None:
    if isinstance(expected, int):
        assert len(reads) == expected, reads
    elif expected is not None:
        assert reads == expected


def _assert_outcomes(case: Case, plan: Plan, applied: Applied) -> None:
    """Every step is done but the ones named; then the plan announced its writes exactly."""
    covers = {step.id: step.covers[0].rpartition(":")[0] for step in plan.steps}
    odd = [r for r in applied.steps if r.outcome is not Outcome.DONE]
    assert [f"{r.outcome} {covers[r.step]}" for r in odd] == case.outcomes, odd
    if not odd:
        assert plan.totals.writes == applied.writes == len(case.writes)


def _assert_after(expected: Any, found: Any, place: str = "") -> None:
    """Members that are named are as said; `gone`: there is no such thing."""
    if not isinstance(expected, Mapping) or not expected:
        assert expected == found, place
        return
    for name, value in expected.items():
        if value == "gone":
            assert name not in found, f"{place}.{name}"
        else:
            assert name in found, f"{place}.{name} is not in {sorted(found)}"
            _assert_after(value, found[name], f"{place}.{name}")


def _assert_secrets(case: Case, box: Box, plan: Plan, applied: Applied) -> None:
    """The sink has what it should, and nothing of it is anywhere else."""
    rows = box.secrets()
    assert [row["name"] for row in rows] == case.sink
    texts = [dump(plan), json.dumps(machine_of(plan, applied), default=str), str(applied)]
    values = [*case.environment.values(), *map(str.strip, case.files.values())]
    for row in rows:
        values += [str(v) for v in _leaves(row["secret"]) if v != "admin"]
    assert not [value for value in values for text in texts if value in text]


def machine_of(plan: Plan, applied: Applied) -> list[dict[str, Any]]:
    """All documents that reports are rendered from."""
    return [plan_document(plan), apply_document(applied)]


def _leaves(secret: Any) -> list[Any]:
    return list(secret.values()) if isinstance(secret, Mapping) else [secret]


def _assert_second(case: Case, first: Plan, second: Plan) -> None:
    """Nothing is left to do; what was blocked still is, what was scheduled is stored."""
    if case.second is None:
        assert lines(second) == [
            line(a if a.when is When.BLOCKED else replace(a, when=When.PENDING))
            for a in first.actions
            if a.date
        ]
        assert acting(second) == []
        assert second.steps == ()
    else:
        assert lines(second) == case.second


def test_every_folder_of_cases_is_run() -> None:
    folders = {path.parent.name for path in Path(__file__).parent.glob("*/*.yaml")}
    assert folders == {str(case.id).partition(":")[0] for case in ALL}


def test_no_two_cases_have_one_name() -> None:
    names = [str(case.id) for case in ALL]
    assert len(names) == len(set(names)), {name for name in names if names.count(name) > 1}
