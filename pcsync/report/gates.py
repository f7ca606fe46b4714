"""The section WAITS FOR PEOPLE: who has to decide before a new customer's things can go.

Owns these texts; the names are those that an apply reports. Pure; must not import a stage or a
kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from pcsync.model import Action, Measure
from pcsync.report.layout import chop, rows
from pcsync.report.words import Moment

HEAD = "WAITS FOR PEOPLE   looked at again by every apply; nothing goes twice"
NOW = Moment.NOW.value
ORDERS, PEOPLE = "AFTER 1 AND 2", "AFTER 3"
SEATS = "AFTER 1, 2, 3 AND ARRIVAL OF THE SEATS"
STAGES = (NOW, ORDERS, PEOPLE, SEATS)
GATES = (
    (
        "# 1 agreement",
        "An administrator of the customer accepts the Microsoft Customer Agreement in the "
        "Microsoft 365 admin centre, or in your page for enhanced attestation. Until then orders "
        "are refused (403/13605).",
    ),
    (
        "# 2 vetting",
        "The account is not under review. Until then orders are refused (403/800073).",
    ),
    (
        "# 3 delegation",
        "One of your security groups gets User Administrator and License Administrator in the "
        "GDAP relationship. Until then users and licences are refused (403/900308).",
    ),
)
WAIVED = "Ignored by `gates`: what is refused here fails and does not wait."


def gated(actions: Sequence[Action]) -> bool:
    """Whether a customer is created, and something below it, too."""
    new = any(action.counts.get(Measure.CREATE_CUSTOMERS) for action in actions)
    return new and any(len(action.address.path) > 1 for action in actions)


def gates(actions: Sequence[Action], width: int, waived: Sequence[str] = ()) -> list[str]:
    """The section; nothing without a new customer that something waits for. At a gate that is
    `waived` nothing waits, and the section says so."""
    if not gated(actions):
        return []
    told = [(name, WAIVED if name.rpartition(" ")[2] in waived else text) for name, text in GATES]
    return [*chop(HEAD, width, 2), *rows(told, width, 0)]


def stages(actions: Sequence[Action]) -> list[tuple[str, list[Action]]]:
    """What is done now by title: of a new customer all else stands after what it waits for."""
    if not gated(actions):
        return [(Moment.NOW, list(actions))]
    found: dict[str, list[Action]] = {title: [] for title in STAGES}
    for action in actions:
        found[_stage(action)].append(action)
    return list(found.items())


def _stage(action: Action) -> str:
    if len(action.address.path) == 1:
        return NOW
    if action.people:
        return PEOPLE
    if any(number < 0 for number in action.moves.values()):
        return SEATS
    return ORDERS
