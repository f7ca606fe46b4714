"""The text for a terminal, of any command's document, in the manner of `plan-output.md`.

Owns the order of the blocks of a plan and which command reads how. Pure: no clock, no terminal;
the same document gives the same bytes. Must not import a stage but the plan's codec, or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from pcsync.model import Plan
from pcsync.plan.codec import from_data, member
from pcsync.report.action import MOST_NAMES, Sheet, at_right
from pcsync.report.alike import families
from pcsync.report.byhand import by_hand
from pcsync.report.calendar import calendar
from pcsync.report.drift import drift
from pcsync.report.findings import decisions, findings
from pcsync.report.head import SHORT, covered, origin, rules, scope, title, wave
from pcsync.report.layout import flush, paragraph
from pcsync.report.money import money
from pcsync.report.outcome import outcome
from pcsync.report.paint import paint
from pcsync.report.parts import Part, parts
from pcsync.report.people import people
from pcsync.report.policies import policy_test
from pcsync.report.renewals import renewals
from pcsync.report.sections import customer, no_way_back
from pcsync.report.shown import clean, listed
from pcsync.report.verdict import following, totals, verdict
from pcsync.report.why import why
from pcsync.report.words import to_do
from pcsync.report.work import writes

LEAST_WIDTH = 40
# Large parts of a plan that its text does not show.
HIDDEN: dict[str, Any] = {"ids": {}, "wants": {}}


def render(document: Mapping[str, Any], width: int = 80, colour: bool = False) -> str:
    """The text of a document, no line wider than `width` columns (40 at least).

    `colour` adds ANSI codes and changes nothing else. Control characters in values are spelled
    out. KeyError for a document of an unknown command.
    """
    width = max(width, LEAST_WIDTH)
    shaped = clean({**document, **{name: HIDDEN[name] for name in HIDDEN if name in document}})
    blocks = _BLOCKS[shaped["command"]](shaped, width)
    lines = "\n\n".join("\n".join(block) for block in blocks if block).split("\n")
    return "\n".join(map(paint, lines) if colour else lines) + "\n"


def _plan(document: Mapping[str, Any], width: int) -> list[list[str]]:
    plan = _read(document)
    names, coverage = covered(plan.customers, plan.unknown)
    coverage += rules(plan.contract) + wave(plan.labels, plan.left_out)
    head = title(f"Plan {plan.id[:SHORT]}", scope(names), plan.time, width)
    head += origin(plan.partner_tenant, plan.cloud, plan.base, coverage, width)
    now = Sheet(width, plan.time)
    blocks = [head, verdict(plan, width), money(plan, width), people(plan, width)]
    blocks.append(no_way_back(plan.actions, now))
    blocks += [by_hand(plan.findings, width), *_customers(plan, width)]
    blocks += [decisions(plan.findings, width), calendar(plan, width)]
    return [*blocks, findings(plan.findings, width), following(plan, width), totals(plan, width)]


def _customers(plan: Plan, width: int) -> Iterator[list[str]]:
    """The blocks of all customers, with a heading each where there are several."""
    found = parts(plan)
    for names, part in families(found):
        if len(found) > 1:
            yield _heading(names, part, width)
        yield from customer(part, Sheet(width, plan.time, part.last))


def _heading(names: Sequence[str], part: Part, width: int) -> list[str]:
    doing = to_do(Counter(action.verb.value for action in part.actions))
    number = at_right(writes(part.steps) * len(names))
    if len(names) == 1:
        told = paragraph(doing, width, 2) if doing else []
        return [*flush(f"CUSTOMER {names[0]}", number, width), *told]
    told = paragraph(f"{doing or 'the same'} in each: {listed(list(names), MOST_NAMES)}", width, 2)
    return [*flush(f"{len(names):,} CUSTOMERS ALIKE", number, width), *told]


def _apply(document: Mapping[str, Any], width: int) -> list[list[str]]:
    return outcome(document, _read(document), width)


def _read(document: Mapping[str, Any]) -> Plan:
    names = {member(field.name) for field in fields(Plan)}
    return from_data({name: value for name, value in document.items() if name in names})


_BLOCKS = {
    "plan": _plan,
    "drift": drift,
    "apply": _apply,
    "why": why,
    "renewals": renewals,
    "policy test": policy_test,
}
