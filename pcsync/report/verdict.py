"""What a manager reads of a plan: the verdict first, what to do next and the totals last.

Owns these sentences. Pure; must not import a kind, or a stage but the word of the plan's guards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pcsync.errors import Exit
from pcsync.model import POLICY, Action, Finding, Measure, Plan, Severity, When, frozen
from pcsync.plan.guards import OVER
from pcsync.report import choices, edited, headlines, limits, moved
from pcsync.report.findings import is_decision, sentence
from pcsync.report.gates import gated
from pcsync.report.layout import paragraph, rows
from pcsync.report.parts import parts
from pcsync.report.shown import count, date_, day
from pcsync.report.wayback import final
from pcsync.report.words import Moment, moment, to_do

MEASURES = frozenset(Measure)
REFUSES = frozenset({OVER, POLICY})


def verdict(plan: Plan, width: int) -> list[str]:
    """A refusal first, then what happens, then what of it is not at once, then limits used.

    Nothing where there is nothing to tell: `totals` says so.
    """
    lines: list[str] = []
    if settled(plan):
        return lines
    if asked := choices.refused(plan, width):
        return asked
    lines += limits.refused(plan, width)
    for refusal in refusals(plan):
        if refusal.code != OVER:
            lines += paragraph(f"REFUSED: {sentence(refusal)}", width, 2)
    changed = edited.verdict(plan, width)
    lines += [*([""] if lines and changed else []), *changed]
    whole = edited.covers(plan, _doing(plan))
    short = [] if whole else _short(plan)
    for text in [] if whole else short or [_sum(plan)]:
        lines += paragraph(text, width, 2)
    beside = [_left_out(plan)] if whole and _errors(plan) else []
    if not whole:
        beside = list(_beside(plan, told=bool(short)))
    if beside:
        lines += paragraph(f"{'. '.join(beside)}.", width, 2)
    for text in headlines.ended(plan):
        lines += paragraph(text, width, 2)
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
    """That there are no changes, where there are none."""
    return paragraph(_total(plan), width, 6, hanging=True) if _total(plan) else []


def _total(plan: Plan) -> str:
    if _doing(plan) or choices.asked(plan.findings):
        return ""
    if plan.unknown or _errors(plan):
        return f"No changes in what could be planned; {_left_out(plan)}."
    if plan.actions:
        return "No changes to make. What is declared is stored already, and comes by itself."
    return "No changes. The estate is as declared."


def following(plan: Plan, width: int) -> list[str]:
    """The section NEXT: what happens on apply, and what a person has to do."""
    if settled(plan):
        return []
    told = [
        paragraph(text, width, 6, "NEXT" if at == 0 else "") for at, text in enumerate(_next(plan))
    ]
    told.insert(1, list(choices.answers(plan, width)))
    return [line for lines in told for line in lines]


def _short(plan: Plan) -> list[str]:
    """All of a small plan in sentences; all of one that only creates in numbers."""
    doing = _doing(plan)
    if said := headlines.headlines(plan, doing):
        return [f"{'. '.join(said)}. {headlines.written(plan)}."]
    if doing and headlines.takes_nothing(doing) and plan.totals.writes:
        return [
            f"{to_do(_verbs(plan), _kinds(plan))}{_where(doing)}",
            f"{headlines.written(plan)}. Nothing is removed.",
        ]
    return []


def _where(doing: list[Action]) -> str:
    touched = len({action.address.root for action in doing})
    return f" in {count(touched, 'customer')}" if touched > 1 else ""


def _sum(plan: Plan) -> str:
    doing = to_do(_verbs(plan), _kinds(plan))
    if not doing:
        return "Nothing to do."
    what = f"{doing[0].upper()}{doing[1:]}{_where(_doing(plan))}"
    if any(map(gated, parts(plan))):
        return f"{what}. {headlines.written(plan)}."
    waits = f", {count(plan.totals.waits, 'wait')}" if plan.totals.waits else ""
    return f"{what}. {count(plan.totals.writes, 'write')}{waits}."


def _doing(plan: Plan) -> list[Action]:
    """All actions but those that the service was told of already, and those of which somebody has
    to say first when."""
    asked = choices.asked(plan.findings)
    return [a for a in plan.actions if a.when is not When.PENDING and not choices.held(asked, a)]


def _verbs(plan: Plan) -> Counter[str]:
    return Counter(action.verb.value for action in _doing(plan))


def _kinds(plan: Plan) -> dict[str, Counter[str]]:
    """How many resources of each kind, by verb; owners before what they own."""
    found: dict[str, Counter[str]] = {}
    for action in sorted(_doing(plan), key=lambda a: (len(a.address.path), a.address.kind)):
        found.setdefault(action.verb.value, Counter())[action.address.kind] += 1
    return found


def _beside(plan: Plan, *, told: bool) -> Iterator[str]:
    """What else there is; where the sentences before have `told` what is done, only the rest."""
    grave = len(final(plan.actions))
    if grave and not told:
        yield f"{grave:,} can't be undone (see !)"
    open_ = choices.asked(plan.findings)
    acting = [a for a in plan.actions if not (a.implied_by or choices.held(open_, a))]
    later = [moment(action) for action in acting]
    parts = [
        (0 if told else later.count(Moment.RENEWAL), "at renewal"),
        (later.count(Moment.BLOCKED), "blocked"),
        (later.count(Moment.STORED), "stored already"),
        (sum(a.when is When.WAITING for a in plan.actions), "waiting for people"),
    ]
    if rest := ", ".join(f"{number:,} {word}" for number, word in parts if number):
        yield rest
    if asked := sum(map(is_decision, plan.findings)):
        yield f"{count(asked, 'decision')} needed{_by(plan)}"
    if looks := _today(plan):
        yield looks
    if left := _left_out(plan):
        yield left


def _today(plan: Plan) -> str:
    """What somebody has to look at on the day of the plan."""
    open_ = [each for each in plan.findings if each.severity is not Severity.INFO]
    due = [each.due.date() for each in open_ if each.due and not each.ways]
    number = sum(day <= plan.time.date() for day in due)
    return f"{count(number, 'thing')} to look at today" if number else ""


def _by(plan: Plan) -> str:
    """The first last day of a decision; where none has one, that it is told below."""
    days = [each.due for each in plan.findings if each.due and is_decision(each)]
    return f" before {day(min(days))[:10]}" if days else " (see below)"


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
        yield f"Nothing is written until the refusal above is settled (exit {_refused(plan)})."
        if plan.totals.writes:
            calls = f"{count(plan.totals.writes, 'write')} and at least "
            yield f"Then apply sends {calls}{count(plan.totals.reads_at_least, 'read')}."
    elif plan.totals.writes:
        yield f"On merge: {_calls(plan)}{_ends(plan)}"
    elif question := choices.alone(plan):
        yield f"Nothing is written (exit 3). {choices.add([question])}"
    else:
        yield f"Nothing is written{_until(plan)}."
    yield from moved.afterwards(plan.seats)
    yield from _halts(plan)
    if errors := _errors(plan):
        yield f"Mend the {count(errors, 'error')} above and plan again: what they name is left out."
    asked = choices.asked(plan.findings)
    waiting = [a for a in plan.actions if a.when is When.BLOCKED and not choices.held(asked, a)]
    if blocked := [action.date for action in waiting if action.date]:
        yield f"What is blocked can go from {day(min(blocked))} on: plan again then."
    if plan.unknown:
        yield "Plan again when what is unknown can be read."


def _refused(plan: Plan) -> int:
    """The exit code of a plan that is refused as a whole."""
    held = any(finding.code in REFUSES for finding in refusals(plan))
    return int(Exit.REFUSED if held else Exit.FAILED)


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
    if any(map(gated, parts(plan))):
        return (
            ", then apply stops and says who has to do what (exit 6, waiting). Run apply again "
            "after each decision."
        )
    if plan.unknown or _errors(plan) or any(a.when is When.BLOCKED for a in plan.actions):
        return " (exit 0)."
    return f" (exit 0). The plan after that is empty{_until(plan)}."


def _until(plan: Plan) -> str:
    later = {Moment.RENEWAL, Moment.STORED}
    dates = [action.date for action in plan.actions if action.date and moment(action) in later]
    return f" until {date_(min(dates))}" if dates else ""


def _calls(plan: Plan) -> str:
    """The writes up to where people have to decide; how often it waits by itself."""
    if any(map(gated, parts(plan))):
        return count(headlines.around(plan)[0], "write")
    number = plan.totals.waits
    waits = f", and waits {'once' if number == 1 else f'{number:,} times'}" if number else ""
    return f"{count(plan.totals.writes, 'write')}{waits}"
