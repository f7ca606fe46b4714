"""The section FINDINGS: severity, place, code, what, what to do; the gravest first.

Owns how findings are sorted and counted. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pcsync.model import Finding, Severity
from pcsync.plan.guards import OVER
from pcsync.report import choices
from pcsync.report.byhand import is_by_hand
from pcsync.report.layout import chop, flush, paragraph
from pcsync.report.shown import count, listed
from pcsync.report.words import SEVERITIES

INDENT = 11
MOST_ALIKE = 3
MOST_NAMES = 6
SCREEN = 24
DECIDE = "NEEDS A DECISION"
SEE = f"See {DECIDE}."
VERBS = frozenset({"is", "was", "has", "ends", "ended", "would", "belongs", "buys", "can't"})
ALL = "(all of them: --format json)"


def findings(found: Sequence[Finding], width: int) -> list[str]:
    """The findings on one screen, but all sorts of errors.

    The same words of several customers stand once, with their number; of those with one code and
    advice the first three stand, then how many more there are. What needs a decision, is on the
    check list of work by hand, or is a limit that refuses the plan is not told again.
    """
    told = [each for each in found if not _elsewhere(each)]
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


def _elsewhere(finding: Finding) -> bool:
    """Whether the verdict or another section says it."""
    asked = is_decision(finding) and not finding.due
    return asked or finding.code == OVER or is_by_hand(finding)


def is_decision(finding: Finding) -> bool:
    """Whether a finding asks a question that a line of a manifest answers."""
    return choices.is_question(finding)


def decisions(found: Sequence[Finding], width: int) -> list[str]:
    """The section NEEDS A DECISION: the questions, with the ways where there are several."""
    asked = [finding for finding in sorted(found, key=_rank) if is_decision(finding)]
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in asked:
        alike.setdefault((finding.code, finding.place, finding.due), []).append(finding)
    lines: list[str] = []
    for same in alike.values():
        if len(same) > 1 and not same[0].due:
            more = choices.shared(same, width)
            lines += ["", *more] if lines else more
        else:
            lines += [line for finding in same for line in _decision(finding, width)]
    return lines if not lines or lines[0].startswith(DECIDE) else [DECIDE, *lines]


def _decision(finding: Finding, width: int) -> list[str]:
    if finding.due and finding.address:
        return choices.due(finding, width)
    return _one(finding, width)


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
    text = SEE if finding.due and is_decision(finding) else _spoken(finding)
    said = paragraph(text, width, INDENT)
    said += paragraph(several, width, INDENT) if several else []
    ways = () if finding.due else finding.ways
    return [*flush(head, "", width, INDENT), *said, *choices.table(ways, width, INDENT)]


def _spoken(finding: Finding) -> str:
    """A sentence what, one what to do: ``Every seat is taken. Keep one free``."""
    subject = _subject(finding)
    names = finding.address.path if finding.address else ()
    what = subject + (finding.what if subject else _capital(finding.what, names))
    parts = (each.rstrip(".") for each in (what, _capital(finding.advice, ())) if each)
    return " ".join(f"{part}{'' if part.endswith(('!', '?')) else '.'}" for part in parts)


def _capital(text: str, names: Sequence[str]) -> str:
    """A text as a sentence; a name, or whatever is no plain word, stays as it is written."""
    first = text.partition(" ")[0].rstrip(",")
    plain = first.replace("'", "").isalpha() and first.islower() and first not in names
    return text[:1].upper() + text[1:] if plain else text


def _subject(finding: Finding) -> str:
    """What a finding is about, where its sentence begins with the verb and its place is shown."""
    if not (finding.place and finding.address) or finding.what.partition(" ")[0] not in VERBS:
        return ""
    return "/".join(finding.address.path[1:] or finding.address.path) + " "
