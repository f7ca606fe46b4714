"""A plan by customer: what is read, planned and told together.

Owns which customer an action, a step and an unknown resource belong to. Pure; must not import a
stage or a kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pcsync.model import Action, Address, Plan, Seats, Step
from pcsync.report import choices

# How long the path of a thing is that nobody but the customer holds.
OWN = 2


@dataclass(frozen=True, slots=True)
class Part:
    """What a plan holds of one customer; `removed` is what left git since `base`, a commit.

    `waived` are the gates that nothing waits at, `closed` those known to be closed. Of a part that
    stands for several customers `last` is, by action, the date of the latest one.
    """

    name: str
    actions: list[Action] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    unknown: list[Address] = field(default_factory=list)
    removed: list[Address] = field(default_factory=list)
    base: str | None = None
    seats: list[Seats] = field(default_factory=list)
    last: dict[str, datetime] = field(default_factory=dict)
    waived: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def parts(plan: Plan) -> list[Part]:
    """The plan by customer, sorted by name. A step belongs to the first action that it covers."""
    asked = choices.asked(plan.findings)
    acting = [action for action in plan.actions if not choices.held(asked, action)]
    # Of several customers those that were not read at all are told together.
    apart = plan.unread if len(plan.customers) > 1 else ()
    unknown = [address for address in plan.unknown if address.root not in apart]
    roots = {a.address.root for a in acting} | {address.root for address in unknown}
    found = {
        root: Part(
            root,
            base=plan.bases.get(root),
            waived=tuple(plan.waived.get(root, ())),
            closed=tuple(plan.closed.get(root, ())),
        )
        for root in roots
    }
    for action in acting:
        found[action.address.root].actions.append(action)
    for address in unknown:
        found[address.root].unknown.append(address)
    gone = {address.path for address in plan.removed}
    for address in plan.removed:
        if address.root in found and _left(address, gone):
            found[address.root].removed.append(address)
    for row in plan.seats:
        if row.owner.root in found:
            found[row.owner.root].seats.append(row)
    homes = {action.id: action.address.root for action in acting}
    for step in plan.steps:
        if step.covers and step.covers[0] in homes:
            found[homes[step.covers[0]]].steps.append(step)
    return [found[name] for name in sorted(found)]


def _left(address: Address, gone: set[tuple[str, ...]]) -> bool:
    """Whether a thing of its own left git: what somebody holds leaves it only with the holder."""
    return len(address.path) <= OWN or address.path[:OWN] in gone
