"""The section FINDINGS: severity, place, code, what, what to do; the gravest first.

Owns how findings are sorted and counted. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from textwrap import wrap

from pcsync.model import Finding, Severity, Way
from pcsync.report.byhand import is_by_hand
from pcsync.report.layout import chop, flush, paragraph
from pcsync.report.shown import count, listed
from pcsync.report.words import SEVERITIES

INDENT = 11
MOST_ALIKE = 3
MOST_NAMES = 6
SCREEN = 24
# Something of the customer is lost on a day, unless somebody says what is wanted.
DECISIONS = frozenset({"legacy-will-be-deleted"})
VERBS = frozenset({"is", "was", "has", "ends", "ended", "would", "belongs", "buys", "can't"})
ALL = "(all of them: --format json)"


def findings(found: Sequence[Finding], width: int) -> list[str]:
    """The findings on one screen, but all sorts of errors.

    The same words of several customers stand once, with their number; of those with one code and
    advice the first three stand, then how many more there are. What needs a decision or is on the
    check list of work by hand is not told again.
    """
    told = [each for each in found if not (is_by_hand(each) or is_decision(each))]
    if not told:
        return []
    alike: dict[tuple[str, str, str], dict[str, list[Finding]]] = {}
    for finding in sorted(told, key=_rank):
        sort = (finding.severity, finding.code, finding.advice)
        alike.setdefault(sort, {}).setdefault(finding.what, []).append(finding)
    lines = chop(f"FINDINGS   {_counted(told)}", width, INDENT)
    left = 0
    for same in alike.values():
        block = _alike(list(same.values()), width)
        grave = next(iter(same.values()))[0].severity is Severity.ERROR
        if grave or (not left and len(lines) + len(block) <= SCREEN):
            lines += block
        else:
            left += sum(map(len, same.values()))
    if left:
        lines += paragraph(f"and {left:,} more {ALL}", width, INDENT)
    return lines


def is_decision(finding: Finding) -> bool:
    """Whether a finding asks a question that a line of a manifest answers."""
    return bool(finding.ways) or finding.code in DECISIONS


def decisions(found: Sequence[Finding], width: int) -> list[str]:
    """The section NEEDS A DECISION: the questions, with the ways where there are several."""
    asked = [finding for finding in sorted(found, key=_rank) if is_decision(finding)]
    lines = [line for finding in asked for line in _one(finding, width)]
    return ["NEEDS A DECISION", *lines] if lines else []


def _alike(found: Sequence[Sequence[Finding]], width: int) -> list[str]:
    """Findings of one code and advice, by what they say."""
    lines = []
    for same in found[:MOST_ALIKE]:
        lines += _one(same[0], width, _several(same))
    if more := sum(map(len, found[MOST_ALIKE:])):
        lines += paragraph(f"and {more:,} more {found[0][0].code} {ALL}", width, INDENT)
    return lines


def _several(same: Sequence[Finding]) -> str:
    """``in 90 customers: ahrens, bauer-bau …``; nothing for a single finding."""
    if len(same) == 1:
        return ""
    names = sorted({finding.address.root for finding in same if finding.address})
    if len(names) > 1:
        return f"in {count(len(names), 'customer')}: {listed(names, MOST_NAMES)}"
    return f"{len(same):,} times"


def sentence(finding: Finding) -> str:
    """What, then what to do: ``what; what to do``, or as sentences where they are sentences."""
    what, advice = finding.what, finding.advice
    between = " " if what.endswith((".", "!", "?")) else "; "
    return between.join(text for text in (what, advice) if text)


def _rank(finding: Finding) -> tuple[int, str, str, tuple[str, int, int], str]:
    place = finding.place
    at = (place.file, place.line, place.column) if place else ("", 0, 0)
    gravity = SEVERITIES.index(finding.severity)
    return gravity, finding.code, finding.advice, at, f"{finding.address} {finding.what}"


def _counted(found: Sequence[Finding]) -> str:
    numbers = Counter(finding.severity for finding in found)
    errors, warnings, infos = (numbers[severity] for severity in SEVERITIES)
    parts = [count(errors, "error"), count(warnings, "warning")]
    return ", ".join([*parts, f"{infos:,} info"] if infos else parts)


def _one(finding: Finding, width: int, several: str = "") -> list[str]:
    where = finding.place or finding.address or "whole plan"
    head = f"  {finding.severity:<7}  {where}  {finding.code}"
    said = paragraph(_subject(finding) + sentence(finding), width, INDENT)
    said += paragraph(several, width, INDENT) if several else []
    return [*flush(head, "", width, INDENT), *said, *_table(finding.ways, width)]


def _subject(finding: Finding) -> str:
    """What a finding is about, where its sentence begins with the verb and its place is shown."""
    if not (finding.place and finding.address) or finding.what.partition(" ")[0] not in VERBS:
        return ""
    return "/".join(finding.address.path[1:] or finding.address.path) + " "


def _table(ways: Sequence[Way], width: int) -> list[str]:
    """The answers to a choice side by side: a column for each, a row for what tells them apart."""
    if not ways:
        return []
    names = list(dict.fromkeys(name for way in ways for name, _ in way.rows))
    first = max(map(len, names), default=0) + 2
    column = max((width - INDENT - first) // len(ways), 12)
    lines = _cells("", [way.name for way in ways], first, column)
    for name in names:
        lines += _cells(name, [dict(way.rows).get(name, "") for way in ways], first, column)
    return lines


def _cells(name: str, texts: Sequence[str], first: int, column: int) -> list[str]:
    """One row, over as many lines as its longest text needs."""
    cells = [wrap(text, column - 2) or [""] for text in texts]
    rows = zip_longest([name], *cells, fillvalue="")
    return [
        (" " * INDENT + head.ljust(first) + "".join(text.ljust(column) for text in rest)).rstrip()
        for head, *rest in rows
    ]
