"""What a manager reads of a plan: the verdict first, what to do next and the totals last.

Owns these sentences. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.model import Finding, Plan, Severity, When
from pcsync.report.findings import sentence
from pcsync.report.layout import paragraph, rows
from pcsync.report.sections import final
from pcsync.report.shown import count, day
from pcsync.report.words import Moment, moment, to_do


def verdict(plan: Plan, width: int) -> list[str]:
    """A refusal first, then what happens, then what of it is not at once, then limits used.

    Nothing where there is nothing to tell: `totals` says so.
    """
    lines: list[str] = []
    if settled(plan):
        return lines
    for refusal in refusals(plan):
        lines += paragraph(f"REFUSED: {sentence(refusal)}", width, 2)
    lines += paragraph(_sum(plan), width, 2)
    if beside := ". ".join(_beside(plan)):
        lines += paragraph(f"{beside}.", width, 2)
    if limits := _limits(plan):
        lines += rows([("Limits", limits)], width, 2)
    return lines


def settled(plan: Plan) -> bool:
    """Whether nothing is to be done, by apply or by a person."""
    return not (plan.actions or plan.unknown or _errors(plan) or refusals(plan))


def refusals(plan: Plan) -> list[Finding]:
    """Errors of the plan as a whole: they name no resource and stand in the way of all of it."""
    return [each for each in plan.findings if _refuses(each)]


def _refuses(finding: Finding) -> bool:
    return finding.severity is Severity.ERROR and finding.address is None and finding.place is None


def totals(plan: Plan, width: int) -> list[str]:
    """``Plan: 4 to create, 1 to suspend; 11 writes``, or that there are no changes."""
    return paragraph(_total(plan), width, 6, hanging=True)


def _total(plan: Plan) -> str:
    if doing := to_do(plan.totals.verbs):
        return f"Plan: {doing}; {count(plan.totals.writes, 'write')}"
    if plan.unknown or _errors(plan):
        return f"No changes in what could be planned; {_left_out(plan)}."
    return "No changes. The estate is as declared."


def following(plan: Plan, width: int) -> list[str]:
    """The section NEXT: what happens on apply, and what a person has to do."""
    if settled(plan):
        return []
    return [
        line
        for at, text in enumerate(_next(plan))
        for line in paragraph(text, width, 6, "NEXT" if at == 0 else "")
    ]


def _sum(plan: Plan) -> str:
    doing = to_do(plan.totals.verbs)
    if not doing:
        return "Nothing to do."
    touched = len({action.address.root for action in plan.actions})
    where = f" in {count(touched, 'customer')}" if touched > 1 else ""
    waits = f", {count(plan.totals.waits, 'wait')}" if plan.totals.waits else ""
    return f"{doing[0].upper()}{doing[1:]}{where}: {count(plan.totals.writes, 'write')}{waits}."


def _beside(plan: Plan) -> Iterator[str]:
    grave = len(final(plan.actions))
    if grave:
        yield f"{grave:,} can't be undone (see !)"
    later = [moment(action) for action in plan.actions if not action.implied_by]
    parts = [
        (later.count(Moment.RENEWAL), "at renewal"),
        (later.count(Moment.BLOCKED), "blocked"),
        (later.count(Moment.STORED), "stored already"),
    ]
    if told := ", ".join(f"{number:,} {word}" for number, word in parts if number):
        yield told
    if left := _left_out(plan):
        yield left


def _left_out(plan: Plan) -> str:
    """What this plan does not hold although it was declared."""
    errors = _errors(plan)
    parts = [
        f"{count(errors, 'error')} to mend" if errors else "",
        f"{count(len(plan.unknown), 'resource')} unknown" if plan.unknown else "",
    ]
    return ", ".join(part for part in parts if part)


def _errors(plan: Plan) -> int:
    """How many errors keep something out of the plan; a refusal is told on its own."""
    errors = sum(finding.severity is Severity.ERROR for finding in plan.findings)
    return errors - len(refusals(plan))


def _limits(plan: Plan) -> str:
    used = {name: number for name, number in plan.totals.measures.items() if number}
    return ", ".join(
        f"{name} {used[name]:,}"
        + (f" (lifted to {plan.lifted[name]:,})" if name in plan.lifted else "")
        for name in sorted(used)
    )


def _next(plan: Plan) -> Iterator[str]:
    if refusals(plan):
        yield "Nothing is written until the refusal above is settled."
    elif plan.totals.writes:
        calls = f"{count(plan.totals.writes, 'write')} and at least "
        yield f"Apply sends {calls}{count(plan.totals.reads_at_least, 'read')}{_waits(plan)}."
    else:
        yield "Nothing is written."
    if errors := _errors(plan):
        yield f"Mend the {count(errors, 'error')} above and plan again: what they name is left out."
    if blocked := [a.date for a in plan.actions if a.when is When.BLOCKED and a.date]:
        yield f"What is blocked can go from {day(min(blocked))} on: plan again then."
    if plan.unknown:
        yield "Plan again when what is unknown can be read."


def _waits(plan: Plan) -> str:
    number = plan.totals.waits
    return f", and waits {'once' if number == 1 else f'{number:,} times'}" if number else ""
