"""The section WAITS FOR PEOPLE: who has to decide before a customer's things can go.

Owns how gates are told in a plan: all of them of a new customer, of any other those that are known
to be closed. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Sequence

from pcsync.model import GATES, Action, Gate, Measure, When, gate_called
from pcsync.report.layout import chop, rows
from pcsync.report.parts import Part
from pcsync.report.words import Moment

HEAD = "WAITS FOR PEOPLE   looked at again by every apply; nothing goes twice"
NOW = Moment.NOW.value
ORDERS, PEOPLE = "AFTER 1 AND 2", "AFTER 3"
SEATS = "AFTER 1, 2, 3 AND ARRIVAL OF THE SEATS (minutes to hours)"
STAGES = (NOW, ORDERS, PEOPLE, SEATS)
ORDERED = ("agreement", "vetting")
WAIVED = "Ignored by `gates`: what is refused here fails and does not wait."


def gated(part: Part) -> bool:
    """Whether something of a customer waits for people."""
    return _new(part.actions) or bool(part.closed)


def decisions(part: Part) -> int:
    """How many things people have to decide before all of a customer can go."""
    names = [gate.name for gate in GATES] if _new(part.actions) else list(part.closed)
    return sum(name not in part.waived for name in names)


def gates(part: Part, width: int) -> list[str]:
    """The section; nothing where nothing waits. At a gate of a new customer that is waived nothing
    waits, and the section says so."""
    if _new(part.actions):
        shown = [(gate, _opens(gate)) for gate in GATES]
    else:
        shown = [(gate, _closed(gate)) for gate in map(gate_called, part.closed)]
    told = [
        (f"# {at} {gate.name}", WAIVED if gate.name in part.waived else text)
        for at, (gate, text) in enumerate(shown, 1)
    ]
    return [*chop(HEAD, width, 2), *rows(told, width, 0)] if told else []


def stages(part: Part, actions: Sequence[Action]) -> list[tuple[str, list[Action]]]:
    """What is done now by title: what stands behind a gate comes after it, of a new customer all
    else."""
    if not _new(part.actions):
        behind = [action for action in actions if action.when is When.WAITING]
        now = [action for action in actions if action.when is not When.WAITING]
        return [(NOW, now), *([(_after(part.closed), behind)] if behind else [])]
    found: dict[str, list[Action]] = {title: [] for title in STAGES}
    for action in actions:
        found[_stage(action)].append(action)
    return list(found.items())


def _new(actions: Sequence[Action]) -> bool:
    """Whether a customer is created, and something below it, too."""
    new = any(action.counts.get(Measure.CREATE_CUSTOMERS) for action in actions)
    return new and any(len(action.address.path) > 1 for action in actions)


def _opens(gate: Gate) -> str:
    return _sentence(gate, gate.opens)


def _closed(gate: Gate) -> str:
    return _sentence(gate, f"{gate.missing}: {gate.do}")


def _sentence(gate: Gate, text: str) -> str:
    until = f"Until then {gate.refuses} are refused (403/{gate.codes[0]})."
    return f"{text[0].upper()}{text[1:]}. {until}"


def _after(closed: Sequence[str]) -> str:
    """``AFTER 1 AND 2``: the numbers of the gates that keep orders back."""
    numbers = [str(at) for at, name in enumerate(closed, 1) if name in ORDERED]
    return f"AFTER {' AND '.join(numbers)}"


def _stage(action: Action) -> str:
    if len(action.address.path) == 1:
        return NOW
    if action.people:
        return PEOPLE
    if any(number < 0 for number in action.moves.values()):
        return SEATS
    return ORDERS
