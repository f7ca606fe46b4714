"""The section FINDINGS: severity, place, code, what, what to do; the gravest first.

Owns how findings are sorted and counted. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from pcsync.model import Finding
from pcsync.report.layout import chop, flush, paragraph
from pcsync.report.shown import count
from pcsync.report.words import SEVERITIES

INDENT = 11
MOST_ALIKE = 3


def findings(found: Sequence[Finding], width: int) -> list[str]:
    """All findings; of those with one code and advice the first three, then how many more."""
    if not found:
        return []
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in sorted(found, key=_rank):
        alike.setdefault((finding.severity, finding.code, finding.advice), []).append(finding)
    lines = chop(f"FINDINGS   {_counted(found)}", width, INDENT)
    for same in alike.values():
        for finding in same[:MOST_ALIKE]:
            lines += _one(finding, width)
        if (more := len(same) - MOST_ALIKE) > 0:
            lines += paragraph(
                f"and {more:,} more {same[0].code} (all of them: --format json)", width, INDENT
            )
    return lines


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


def _one(finding: Finding, width: int) -> list[str]:
    where = finding.place or finding.address or "whole plan"
    head = f"  {finding.severity:<7}  {where}  {finding.code}"
    return [*flush(head, "", width, INDENT), *paragraph(sentence(finding), width, INDENT)]
