"""What a manager reads of a plan: the verdict first, what to do next and the totals last.

Owns these sentences. Pure; must not import a kind, or a stage but the word of the plan's guards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pcsync.model import Action, Finding, Measure, Plan, Severity, When, frozen
from pcsync.plan.guards import OVER
from pcsync.report import limits
from pcsync.report.findings import is_decision, sentence
from pcsync.report.gates import gated
from pcsync.report.layout import paragraph, rows
from pcsync.report.parts import parts
from pcsync.report.sections import final
from pcsync.report.shown import count, day
from pcsync.report.words import Moment, moment, to_do

MEASURES = frozenset(Measure)


def verdict(plan: Plan, width: int) -> list[str]:
    """A refusal first, then what happens, then what of it is not at once, then limits used.

    Nothing where there is nothing to tell: `totals` says so.
    """
    lines: list[str] = []
    if settled(plan):
        return lines
    lines += limits.refused(plan, width)
    for refusal in refusals(plan):
        if refusal.code != OVER:
            lines += paragraph(f"REFUSED: {sentence(refusal)}", width, 2)
    lines += paragraph(_sum(plan), width, 2)
    if beside := ". ".join(_beside(plan)):
        lines += paragraph(f"{beside}.", width, 2)
    if used := limits.within(plan):
        lines += rows([("Limits", used)], width, 2)
    if allowed := _allowed(plan):
        lines += rows([("Allowed", allowed)], width, 2)
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
    if doing := to_do(_verbs(plan)):
        return f"Plan: {doing}; {count(plan.totals.writes, 'write')}"
    if plan.unknown or _errors(plan):
        return f"No changes in what could be planned; {_left_out(plan)}."
    if plan.actions:
        return "No changes to make. What is declared is stored already, and comes by itself."
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
    doing = to_do(_verbs(plan), _kinds(plan))
    if not doing:
        return "Nothing to do."
    touched = len({action.address.root for action in _doing(plan)})
    where = f" in {count(touched, 'customer')}" if touched > 1 else ""
    waits = f", {count(plan.totals.waits, 'wait')}" if plan.totals.waits else ""
    return f"{doing[0].upper()}{doing[1:]}{where}. {count(plan.totals.writes, 'write')}{waits}."


def _doing(plan: Plan) -> list[Action]:
    """All actions but those that the service was told of already."""
    return [action for action in plan.actions if action.when is not When.PENDING]


def _verbs(plan: Plan) -> Counter[str]:
    return Counter(action.verb.value for action in _doing(plan))


def _kinds(plan: Plan) -> dict[str, Counter[str]]:
    """How many resources of each kind, by verb; owners before what they own."""
    found: dict[str, Counter[str]] = {}
    for action in sorted(_doing(plan), key=lambda a: (len(a.address.path), a.address.kind)):
        found.setdefault(action.verb.value, Counter())[action.address.kind] += 1
    return found


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
    if asked := sum(map(is_decision, plan.findings)):
        yield f"{count(asked, 'decision')} needed (see below)"
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


def _allowed(plan: Plan) -> str:
    """What `--allow` lifts besides limits, for this plan only."""
    return ", ".join(
        f"{name} {value}".strip()
        for name, value in sorted(plan.lifted.items())
        if isinstance(value, str) and name not in MEASURES
    )


def _next(plan: Plan) -> Iterator[str]:
    if refusals(plan):
        yield "Nothing is written until the refusal above is settled."
    elif plan.totals.writes:
        calls = f"{count(plan.totals.writes, 'write')} and at least "
        reads = count(plan.totals.reads_at_least, "read")
        yield f"On merge: {calls}{reads}{_waits(plan)}{_ends(plan)}"
    else:
        yield f"Nothing is written{_until(plan)}."
    yield from _halts(plan)
    if errors := _errors(plan):
        yield f"Mend the {count(errors, 'error')} above and plan again: what they name is left out."
    if blocked := [a.date for a in plan.actions if a.when is When.BLOCKED and a.date]:
        yield f"What is blocked can go from {day(min(blocked))} on: plan again then."
    if plan.unknown:
        yield "Plan again when what is unknown can be read."


def _halts(plan: Plan) -> Iterator[str]:
    """What would keep apply from writing if it were run now."""
    if not plan.totals.writes or refusals(plan):
        return
    lifted = "freeze" in plan.lifted
    for halt in plan.halts:
        if not (lifted and halt.startswith("the freeze")):
            yield f"Apply would write nothing now and end with 3: {halt}."
    for customer, windows in plan.freeze.items():
        if not lifted and (window := frozen(windows, plan.time)):
            yield f"Apply would write nothing for {customer} now: its freeze window {window} is on."


def _ends(plan: Plan) -> str:
    """How apply ends, and when the plan after it has something to do again."""
    if any(gated(part.actions) for part in parts(plan)):
        return (
            ". Where people have to decide first, apply stops and says who (exit 6, waiting): run "
            "it again after each decision."
        )
    if plan.unknown or _errors(plan) or any(a.when is When.BLOCKED for a in plan.actions):
        return " (exit 0)."
    return f" (exit 0). The plan after that has no changes{_until(plan)}."


def _until(plan: Plan) -> str:
    later = {Moment.RENEWAL, Moment.STORED}
    dates = [action.date for action in plan.actions if action.date and moment(action) in later]
    return f" until {day(min(dates))}" if dates else ""


def _waits(plan: Plan) -> str:
    number = plan.totals.waits
    return f", and waits {'once' if number == 1 else f'{number:,} times'}" if number else ""
