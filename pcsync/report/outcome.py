"""The human text of an apply: an outcome per action, its reason, and what to do next.

Owns this text. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pcsync.errors import Exit
from pcsync.model import Action, Outcome, Plan
from pcsync.report.head import covered, origin, scope, title, wave
from pcsync.report.layout import flush, paragraph, rows
from pcsync.report.shown import count, listed, span
from pcsync.report.words import called, came_out, sign

SHORT = 6
LEAST_ALIKE = 3
MOST_DONE = 12
# What else makes that something is skipped: without these another run has the customer.
CAUSES = {Outcome.FAILED, Outcome.UNKNOWN, Outcome.STALE, Outcome.PENDING, Outcome.NOT_STARTED}


@dataclass(frozen=True, slots=True)
class Results:
    """The results of an apply document by action, and the remarks of the service by action."""

    actions: Mapping[str, Mapping[str, Any]]
    warnings: Mapping[str, Sequence[str]]


def outcome(document: Mapping[str, Any], plan: Plan, width: int) -> list[list[str]]:
    """The blocks of an apply document: head, verdict, a block per customer, next, counts."""
    results = _results(document, plan)
    names, coverage = covered(plan.customers, plan.unknown)
    coverage += wave(plan.labels, plan.left_out)
    started, ended = (datetime.fromisoformat(document[name]) for name in ("started", "ended"))
    head = title(f"Apply of plan {plan.id[:SHORT]}", scope(names), started, width)
    head += origin(plan.partner or plan.partner_tenant, plan.cloud, plan.base, coverage, width)
    parts: dict[str, list[Action]] = {}
    for action in plan.actions:
        parts.setdefault(action.address.root, []).append(action)
    return [
        head,
        _verdict(document, ended - started, width),
        *(_customer(name, parts, results, width) for name in sorted(parts)),
        _next(document, width),
        paragraph(_counts(document), width, 9, hanging=True),
    ]


def _results(document: Mapping[str, Any], plan: Plan) -> Results:
    covers = {step.id: step.covers for step in plan.steps}
    warnings: dict[str, list[str]] = {}
    for step in document["results"]["steps"]:
        for name in covers.get(step["step"], ())[:1]:
            warnings.setdefault(name, []).extend(step.get("warnings", ()))
    actions = {result["action"]: result for result in document["results"]["actions"]}
    return Results(actions, warnings)


def _verdict(document: Mapping[str, Any], took: timedelta, width: int) -> list[str]:
    calls = f"{count(document['sent'], 'write')} and {count(document['read'], 'read')}"
    return paragraph(f"{_said(document)} {calls} in {span(took.total_seconds())}.", width, 2)


def _said(document: Mapping[str, Any]) -> str:
    """The verdict, and why the run ended early if it did."""
    why = _EARLY.get(document.get("stopped", ""), "")
    return f"{_came(document)} {why}".rstrip()


_EARLY = {
    "paused": "It was paused meanwhile.",
    "freeze": "A freeze window began meanwhile.",
    "deadline": "Its time was used up.",
}


def _came(document: Mapping[str, Any]) -> str:
    match Exit(document["exit"]):
        case Exit.FINE:
            return "All of the plan is applied."
        case Exit.PARTIAL:
            return "APPLIED IN PART: not all of the plan came to be."
        case Exit.WAITING:
            return "WAITING: what is left is not ready yet; nothing failed."
        case Exit.STALE:
            return "STALE: live changed since the plan was made, nothing of it was applied."
        case Exit.REFUSED:
            return "REFUSED: nothing is written while it is paused or frozen."
        case Exit.INTERRUPTED:
            return "INTERRUPTED: the calls in flight were brought to an end, no further one sent."
        case _:
            return "FAILED: nothing of the plan was applied."


def _customer(
    name: str, parts: Mapping[str, Sequence[Action]], results: Results, width: int
) -> list[str]:
    lines = [f"CUSTOMER {name}"] if len(parts) > 1 else []
    alike: dict[tuple[object, ...], list[Action]] = {}
    for action in parts[name]:
        alike.setdefault(_likeness(action, results), []).append(action)
    for same in alike.values():
        if len(same) < LEAST_ALIKE:
            for action in same:
                lines += _one(action, results, width)
        else:
            lines += _many(same, results, width)
    return lines


def _likeness(action: Action, results: Results) -> tuple[object, ...]:
    """What actions have in common that are told together; a customer stands alone."""
    if len(action.address.path) == 1:
        return (action.id,)
    told = tuple(_told(action, results))
    return (sign(action), action.address.kind, action.verb, _word(action, results), told)


def _one(action: Action, results: Results, width: int) -> list[str]:
    head = f"{sign(action)} {action.address}  {action.verb}"
    told = rows(_told(action, results), width)
    return [*flush(head, _word(action, results), width, 4), *told]


def _many(same: Sequence[Action], results: Results, width: int) -> list[str]:
    """Actions that ended alike, once, with their names; all of them, if they are not done."""
    first = same[0]
    word = _word(first, results)
    head = f"{sign(first)} {first.address.kind}/{first.address.root}/*  {first.verb}"
    names = ["/".join(action.address.path[1:]) for action in same]
    most = MOST_DONE if word == Outcome.DONE else len(names)
    return [
        *flush(f"{head}  {len(same):,} alike", word, width, 4),
        *rows(_told(first, results), width),
        *paragraph(listed(names, most), width),
    ]


def _word(action: Action, results: Results) -> str:
    result = results.actions.get(action.id, {"outcome": Outcome.NOT_STARTED})
    return called(Outcome(result["outcome"]))


def _told(action: Action, results: Results) -> list[tuple[str, str]]:
    result = results.actions.get(action.id, {})
    told = [(label, result[name]) for name, label in _LABELS if result.get(name)]
    return [*told, *(("remark", text) for text in results.warnings.get(action.id, ()))]


_LABELS = (("detail", "why"), ("advice", "do"))


def _next(document: Mapping[str, Any], width: int) -> list[str]:
    return [
        line
        for at, text in enumerate(_to_do(document["counts"]))
        for line in paragraph(text, width, 6, "NEXT" if at == 0 else "")
    ]


def _to_do(counts: Mapping[str, int]) -> Iterator[str]:
    if counts.get(Outcome.FAILED):
        yield "Mend what failed, then run `pcsync plan` again: what is done is not done twice."
    if counts.get(Outcome.STALE):
        yield "Run `pcsync plan` again: live moved, and a new plan shows how."
    if counts.get(Outcome.UNKNOWN):
        yield "Run `pcsync apply` again with this plan: it looks what came of the unknown first."
    if counts.get(Outcome.PENDING):
        yield "Run `pcsync apply` again with this plan later: nothing goes twice."
    if counts.get(Outcome.NOT_STARTED):
        yield "Run `pcsync apply` again with this plan for what was not started."
    if counts.get(Outcome.SKIPPED) and not counts.keys() & CAUSES:
        yield "Run `pcsync apply` again for what was skipped, when the other run has ended."
    if not counts.keys() - {Outcome.DONE, Outcome.DEFERRED}:
        yield "Nothing. The next plan is empty, but for what is blocked or at renewal."


def _counts(document: Mapping[str, Any]) -> str:
    came = came_out(document["counts"]) or "nothing to do"
    return f"Applied: {came}; {count(document['sent'], 'write')}"
