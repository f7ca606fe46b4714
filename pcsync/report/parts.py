"""A plan by customer: what is read, planned and told together.

Owns which customer an action, a step and an unknown resource belong to. Pure; must not import a
stage or a kind.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pcsync.model import Action, Address, Plan, Step


@dataclass(frozen=True, slots=True)
class Part:
    """What a plan holds of one customer."""

    name: str
    actions: list[Action] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    unknown: list[Address] = field(default_factory=list)


def parts(plan: Plan) -> list[Part]:
    """The plan by customer, sorted by name. A step belongs to the first action that it covers."""
    found: dict[str, Part] = {}
    for action in plan.actions:
        found.setdefault(action.address.root, Part(action.address.root)).actions.append(action)
    for address in plan.unknown:
        found.setdefault(address.root, Part(address.root)).unknown.append(address)
    roots = {action.id: action.address.root for action in plan.actions}
    for step in plan.steps:
        if step.covers and step.covers[0] in roots:
            found[roots[step.covers[0]]].steps.append(step)
    return [found[name] for name in sorted(found)]
