"""The text for a terminal, of any command's document, in the manner of `plan-output.md`.

Owns the order of the blocks of a plan and which command reads how. Pure: no clock, no terminal;
the same document gives the same bytes. Must not import a stage but the plan's codec, or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from pcsync.model import Measure, Plan
from pcsync.plan.codec import from_data, member
from pcsync.report import choices, edited, everywhere
from pcsync.report.action import MOST_NAMES, Sheet, at_right
from pcsync.report.alike import families
from pcsync.report.byhand import by_hand
from pcsync.report.calendar import calendar
from pcsync.report.drift import drift
from pcsync.report.findings import decisions, findings
from pcsync.report.head import SHORT, covered, origin, rules, scope, title, wave
from pcsync.report.kept import kept
from pcsync.report.layout import flush, paragraph
from pcsync.report.money import money
from pcsync.report.outcome import outcome
from pcsync.report.paint import paint
from pcsync.report.parts import Part, parts
from pcsync.report.people import people
from pcsync.report.policies import policy_test
from pcsync.report.renewals import renewals
from pcsync.report.sections import customer
from pcsync.report.shown import clean, count, listed
from pcsync.report.usage import usage
from pcsync.report.verdict import following, settled, totals, verdict
from pcsync.report.wayback import no_way_back
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
    names, read = covered(plan.customers, plan.unknown, plan.unread)
    coverage = _new(plan, names) or read
    coverage += rules(plan.contract) + wave(plan.labels, plan.left_out)
    head = title(f"Plan {plan.id[:SHORT]}", scope(names), plan.time, width)
    head += origin(plan.partner or plan.partner_tenant, plan.cloud, plan.base, coverage, width)
    figures = [*money(plan, width), *usage(plan, width)]
    blocks = [head, verdict(plan, width), [*figures, *people(plan, width)]]
    blocks.append(no_way_back(plan.actions, plan.findings, width))
    blocks += [by_hand(plan.findings, width), *_customers(plan, width)]
    rest = [each for each in plan.findings if not everywhere.told_apart(each, plan)]
    asked = () if choices.alone(plan) else plan.findings
    blocks += [decisions(asked, width), everywhere.unread(plan, width)]
    blocks += [[] if settled(plan) else kept(edited.not_told(plan), width)]
    blocks.append(calendar(plan, width))
    return [*blocks, findings(rest, width), following(plan, width), totals(plan, width)]


def _new(plan: Plan, names: Sequence[str]) -> str:
    """How many customers there are, where none of them is live yet: nothing was read of them."""
    created = [a for a in plan.actions if a.counts.get(Measure.CREATE_CUSTOMERS)]
    all_ = len(created) == len(names)
    return f"{count(len(names), 'customer')}, not live yet." if all_ and names else ""


def _customers(plan: Plan, width: int) -> Iterator[list[str]]:
    """The blocks of all customers, with a heading each where there are several."""
    found = parts(plan)
    for names, part in families(found):
        sheet = Sheet(width, plan.time, part.last, alone=len(found) == 1)
        if everywhere.single(names, part):
            yield everywhere.same(names, part, plan, sheet)
            continue
        if len(found) > 1:
            yield _heading(names, part, width)
        yield from customer(part, sheet)
    yield from edited.left_out(plan, width)


def _heading(names: Sequence[str], part: Part, width: int) -> list[str]:
    doing = to_do(Counter(action.verb.value for action in part.actions))
    number = at_right(writes(part.steps) * len(names))
    if len(names) == 1:
        told = paragraph(doing, width, 2) if doing else []
        return [*flush(f"CUSTOMER {names[0]}", number, width), *told]
    told = paragraph(f"{doing or 'the same'} in each: {listed(list(names), MOST_NAMES)}", width, 2)
    return [*flush(f"{len(names):,} CUSTOMERS ALIKE", number, width), *told]


def _apply(document: Mapping[str, Any], width: int) -> list[list[str]]:
    # What the run kept are ids; what the plan left alone is not told again.
    told = {name: value for name, value in document.items() if name != "kept"}
    return outcome(document, _read(told), width)


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
