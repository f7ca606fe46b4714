"""Questions that a manifest has to answer: in the verdict where nothing else is planned, else in a
section; and the lines to write.

Owns how the answers to a choice stand side by side. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from textwrap import wrap

from pcsync.model import Action, Finding, Plan, Severity, Way, When
from pcsync.report.layout import flush, paragraph, rows
from pcsync.report.shown import listed

LEAST_COLUMN = 12
MOST = 3
MOST_SHARED = 6


def asked(found: Sequence[Finding]) -> list[Finding]:
    """The findings that ask for a line of a manifest before anything is planned, each with its
    answers."""
    return [each for each in found if is_question(each) and not each.due]


def is_question(finding: Finding) -> bool:
    """Whether somebody has to decide something, and nobody took note of that."""
    return bool(finding.ways) and finding.severity is not Severity.INFO


def alone(plan: Plan) -> Finding | None:
    """The question of a plan that holds nothing else: it is refused until there is an answer."""
    found = asked(plan.findings)
    if len(found) != 1 or plan.steps or plan.unknown:
        return None
    return found[0] if all(held(found, action) for action in plan.actions) else None


def held(found: Sequence[Finding], action: Action) -> bool:
    """Whether an action only waits for an answer: the question tells all of it."""
    mine = action.when is When.BLOCKED and len(action.notes) == 1
    return mine and any(finding.address == action.address for finding in asked(found))


def refused(plan: Plan, width: int) -> list[str]:
    """The verdict of a plan that is nothing but a question: what it is, and the answers."""
    finding = alone(plan)
    if finding is None:
        return []
    line = f" (line {finding.place.line})" if finding.place else ""
    head = paragraph(f"REFUSED: {finding.what}. Say which{line}.", width, 2)
    return [*head, "", *table(finding.ways, width, 2)]


def add(found: Sequence[Finding]) -> str:
    """What is to be done with the lines of `answers`: ``Add to subscription m365 one of:``."""
    named = [finding.address for finding in found if finding.address]
    names = list(dict.fromkeys(address.path[-1] for address in named))
    whose = sorted({address.root for address in named})
    what = f"{named[0].kind} {listed(names, MOST)}" if named else "it"
    of = f" of {listed(whose, MOST)}" if len(whose) > 1 else ""
    return f"Add to {what}{of} one of:"


def answers(plan: Plan, width: int) -> Iterator[str]:
    """The lines of which one has to be written, for each question; where it is all of the plan,
    without a word before them."""
    alike: dict[tuple[str, ...], list[Finding]] = {}
    for finding in asked(plan.findings):
        alike.setdefault(tuple(way.line for way in finding.ways), []).append(finding)
    for lines, found in list(alike.items())[:MOST]:
        if not alone(plan):
            yield from paragraph(add(found), width, 6)
        for line in reversed(lines):
            yield from paragraph(line, width, 8)
    if len(alike) > MOST:
        yield from paragraph(f"and {len(alike) - MOST:,} more questions.", width, 6)


def shared(found: Sequence[Finding], width: int) -> list[str]:
    """The same question of several customers, about one line: what it means for each, then what
    can be written."""
    first = found[0]
    place = f", {first.place.file}:{first.place.line}" if first.place else ""
    head = flush(f"NEEDS A DECISION   {len(found):,}, {first.code}{place}", "", width, 4)
    told = [(f"# {each.address.root if each.address else ''}", each.what) for each in found]
    lines = [*head, *rows(told[:MOST_SHARED], width, 0)]
    if more := told[MOST_SHARED:]:
        lines += paragraph(f"and {len(more):,} more", width)
    return [*lines, *paragraph("One of:", width, 2), *_ways(first, width)]


def _ways(finding: Finding, width: int) -> list[str]:
    return rows([(way.line, way.does) for way in finding.ways], width)


def due(finding: Finding, width: int) -> list[str]:
    """A decision that has a last day: what becomes of it, then what can be written until then."""
    text = finding.what.removeprefix("is ")
    lines = flush(f"# {finding.address}", "", width)
    lines += paragraph(f"{text[0].upper()}{text[1:]}. Until then one of:", width, 2)
    return [*lines, *_ways(finding, width)]


def table(ways: Sequence[Way], width: int, indent: int) -> list[str]:
    """The answers to a choice side by side: a column for each, a row for what tells them apart."""
    if not ways:
        return []
    names = list(dict.fromkeys(name for way in ways for name, _ in way.rows))
    first = max(map(len, names), default=0) + 2
    column = max((width - indent - first) // len(ways), LEAST_COLUMN)
    size = (first, column, indent)
    lines = _cells("", [way.name for way in ways], size)
    for name in names:
        lines += _cells(name, [dict(way.rows).get(name, "") for way in ways], size)
    return lines


def _cells(name: str, texts: Sequence[str], size: tuple[int, int, int]) -> list[str]:
    """One row, over as many lines as its longest text needs."""
    first, column, indent = size
    cells = [wrap(text, column - 2) or [""] for text in texts]
    rows = zip_longest([name], *cells, fillvalue="")
    return [
        (" " * indent + head.ljust(first) + "".join(text.ljust(column) for text in rest)).rstrip()
        for head, *rest in rows
    ]
