"""Whether a saved plan still holds: it is compared with one that was made again just now.

Owns what stale means, by values (DESIGN section 6), and which of its steps are done already: what
an earlier attempt made is there as it is wanted, and is not stale. Pure; names no kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pcsync.model import (
    Action,
    Address,
    Await,
    Call,
    Edit,
    Finding,
    Outcome,
    Plan,
    Severity,
    Step,
    StepResult,
    Verb,
)
from pcsync.plan.codec import plain
from pcsync.plan.order import has_steps

# Findings that say: it was ordered, and is on its way. What is `pending` is listed, and takes no
# change yet: that nothing would be changed now does not mean that nothing is left to do.
ORDERED = frozenset({"order-pending", "order-recent", "pending"})
# A finding that says: there are too few seats. Those that an earlier attempt asked for may be late.
LACKING = "seats-missing"
AGAIN = "run plan again: live changed since this one was made"
LATER = "run apply again later"
ONCE = "look for it where secrets are stored; if it is not there, reset it by hand"


class Is(StrEnum):
    """How an action of a saved plan stands now."""

    LEFT = "left"
    DONE = "done"
    BEGUN = "begun"
    ORDERED = "ordered"
    STALE = "stale"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an action stands, with the reason in words where it can't simply be carried out."""

    how: Is
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Fresh:
    """What is known up front: results of steps that need not be begun, and ids found live."""

    settled: Mapping[str, StepResult]
    ids: Mapping[str, str]

    @property
    def stale(self) -> list[StepResult]:
        """The steps that can't be begun because live moved, or can't be read."""
        return [r for r in self.settled.values() if r.outcome in {Outcome.STALE, Outcome.UNKNOWN}]


def fresh(plan: Plan, again: Plan) -> Fresh:
    """Compares a plan with one that was made again from the same manifests."""
    new = _New(again)
    standings = {a.id: _standing(a, plan, new) for a in plan.actions if has_steps(a)}
    standings |= dict(_seats_come(plan, standings, new))
    settled = {step.id: r for step in plan.steps if (r := _settled(step, standings, new))}
    halted = {_root(step) for step in plan.steps if _halts(settled.get(step.id))}
    for step in plan.steps:
        if _root(step) in halted:
            settled[step.id] = _halted(step, settled.get(step.id))
    names = {str(action.address) for action in plan.actions}
    return Fresh(settled, {name: known for name, known in new.ids.items() if name in names})


class _New:
    """The new plan, by what is asked of it."""

    def __init__(self, again: Plan) -> None:
        self.actions = {action.id: action for action in again.actions}
        self.ids = {**again.ids, **again.adopted}
        self.edits = {
            covered: [s for s in again.steps if isinstance(s, Edit) and covered in s.covers]
            for covered in self.actions
        }
        self.others = {covered for s in again.steps if isinstance(s, Call) for covered in s.covers}
        self.unread = {str(address) for address in again.unknown}
        self._acting: dict[str, list[Action]] = {}
        for action in filter(has_steps, again.actions):
            self._acting.setdefault(str(action.address), []).append(action)
        self.findings: dict[str, list[Finding]] = {}
        for finding in again.findings:
            if finding.address:
                self.findings.setdefault(str(finding.address), []).append(finding)

    def of(self, address: str) -> list[Action]:
        """The new actions on an address that have steps."""
        return self._acting.get(address, [])


def _standing(action: Action, plan: Plan, new: _New) -> Standing:
    address = str(action.address)
    if address in new.unread:
        return Standing(Is.UNREAD, "can't be read now")
    now = new.actions.get(action.id)
    if now is not None and has_steps(now):
        moved = "; ".join(_moved(action, now))
        return Standing(Is.STALE, moved) if moved else Standing(Is.LEFT)
    found = new.findings.get(address, ())
    for finding in found:
        if finding.code in ORDERED:
            return Standing(Is.ORDERED, finding.what)
    if errors := [f.what for f in found if f.severity is Severity.ERROR]:
        return Standing(Is.STALE, "; ".join(errors))
    others = new.of(address)
    if not others:
        return Standing(Is.DONE)
    if action.verb is Verb.CREATE and _only_edits_left(action, plan, others, new):
        return Standing(Is.BEGUN)
    return Standing(Is.STALE, "; ".join(_instead(action, others)))


def _seats_come(
    plan: Plan, standings: Mapping[str, Standing], new: _New
) -> Iterator[tuple[str, Standing]]:
    """Actions that lack nothing but seats, which the same plan has asked for: they are left to do,
    for their steps wait for the seats."""
    asked = {Is.ORDERED, Is.DONE, Is.BEGUN}
    givers = [a for a in plan.actions if a.id in standings and standings[a.id].how in asked]
    for action in plan.actions:
        errors = [
            found.code
            for found in new.findings.get(str(action.address), ())
            if found.severity is Severity.ERROR
        ]
        if action.id not in standings or set(errors) != {LACKING}:
            continue
        pools = {
            pool
            for giver in givers
            for pool, seats in giver.moves.items()
            if seats > 0 and giver.address.kind != action.address.kind
        }
        if action.moves and action.moves.keys() <= pools:
            yield action.id, Standing(Is.LEFT)


def _moved(action: Action, now: Action) -> Iterator[str]:
    """The values that an action was planned against, and those of now, where they differ."""
    new = {change.field: change for change in now.changes}
    for change in action.changes:
        other = new.pop(change.field, None)
        if other is None:
            yield f"{change.field}: planned against {_text(change.old)}, now {_text(change.new)}"
        elif plain(change.old) != plain(other.old):
            yield f"{change.field}: planned against {_text(change.old)}, now {_text(other.old)}"
        elif plain(change.new) != plain(other.new):
            yield f"{change.field}: planned {_text(change.new)}, would be {_text(other.new)} now"
    for change in new.values():
        yield f"{change.field}: planned against {_text(change.new)}, now {_text(change.old)}"
    if action.date != now.date:
        yield f"planned for {_text(action.date)}, now for {_text(now.date)}"


def _instead(action: Action, others: Sequence[Action]) -> Iterator[str]:
    """What is there now, where another thing would be done."""
    for other in others:
        told = ", ".join(f"{c.field} {_text(c.old)}" for c in other.changes)
        there = f" ({told})" if told else ""
        against = "nothing there" if action.verb is Verb.CREATE else f"to {action.verb}"
        yield f"planned against {against}, now there is something to {other.verb}{there}"


def _only_edits_left(action: Action, plan: Plan, others: Sequence[Action], new: _New) -> bool:
    """Whether what was created lacks nothing but what later steps of its creation set."""
    planned = [s for s in plan.steps if isinstance(s, Edit) and action.id in s.covers]
    sets = [(one.path, plain(one.value)) for step in planned for one in step.sets]
    for other in others:
        left = [(one.path, plain(one.value)) for e in new.edits[other.id] for one in e.sets]
        if other.id in new.others or not left or any(one not in sets for one in left):
            return False
    return True


def _settled(step: Step, standings: Mapping[str, Standing], new: _New) -> StepResult | None:
    """The result of a step that must not or need not be begun."""
    mine = {name: standings[name] for name in step.covers if name in standings}
    for how, outcome, advice in (
        (Is.STALE, Outcome.STALE, AGAIN),
        (Is.UNREAD, Outcome.UNKNOWN, "run apply again when it can be read"),
        (Is.ORDERED, Outcome.PENDING, LATER),
    ):
        for name, standing in mine.items():
            if standing.how is how:
                detail = f"{name.rpartition(':')[0]}: {standing.detail}"
                cause = name.rpartition(":")[0] if outcome is Outcome.PENDING else ""
                return StepResult(step.id, outcome, detail, advice, cause=cause)
    there = {name for name, standing in mine.items() if standing.how in {Is.DONE, Is.BEGUN}}
    if not there:
        return None
    if there == mine.keys():
        begun = any(mine[name].how is Is.BEGUN for name in there)
        done = _already(step)
        return None if begun and isinstance(step, Edit) else done
    if isinstance(step, Call | Await) and any(name.rpartition(":")[0] in new.ids for name in there):
        detail = f"only a part of it is there by now: {', '.join(sorted(there))}"
        return StepResult(step.id, Outcome.STALE, detail, AGAIN)
    return None


def _already(step: Step) -> StepResult:
    """Done before; what the service gave once with it may be lost (domain rule PE14)."""
    once = [k.name for k in step.keep if k.secret] if isinstance(step, Call) else []
    if not once:
        return StepResult(step.id, Outcome.DONE, "is so already")
    what = f"is there already; {', '.join(once)} was given once, to whoever made it"
    return StepResult(step.id, Outcome.DONE, what, ONCE)


def _halts(result: StepResult | None) -> bool:
    return result is not None and result.outcome in {Outcome.STALE, Outcome.UNKNOWN}


def _halted(step: Step, result: StepResult | None) -> StepResult:
    """A customer stops as a whole: what is not stale itself is not started."""
    if result is not None and result.outcome is not Outcome.PENDING:
        return result
    detail = "the plan is stale for this customer"
    return StepResult(step.id, Outcome.NOT_STARTED, detail, AGAIN)


def _root(step: Step) -> str:
    return Address.parse(step.covers[0].partition(":")[0]).root


def _text(value: Any) -> str:
    return "none" if value is None else str(plain(value))
