"""`pcsync policy test`: its document, and its text.

Owns how cases of policies read. Pure; must not import a stage but the plan's policies, or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pcsync.model import Policy
from pcsync.report.layout import flush, paragraph
from pcsync.report.shown import count

if TYPE_CHECKING:
    # Only who has policies pays for reading JSONPath.
    from pcsync.plan.policies import Tried

FORMAT = 1


def policy_document(policies: Sequence[Policy], found: Sequence[Tried]) -> dict[str, Any]:
    """The cases as JSON-ready data: `policies`, each with `name`, `rules` (names) and `cases` (each
    `name`, `holds`, `expected`, `found`, `place`); `totals`."""
    return {
        "command": "policy test",
        "format": FORMAT,
        "policies": [
            {
                "name": policy.name,
                "place": str(policy.place),
                "rules": [rule.name for rule in policy.rules],
                "cases": [_case(each) for each in found if each.policy == policy.name],
            }
            for policy in policies
        ],
        "totals": {
            "policies": len(policies),
            "cases": len(found),
            "failed": sum(not each.holds for each in found),
        },
    }


def _case(each: Tried) -> dict[str, Any]:
    return {
        "name": each.case.name,
        "holds": each.holds,
        "expected": list(each.case.expect),
        "found": list(each.found),
        "place": str(each.case.place),
    }


def policy_test(document: Mapping[str, Any], width: int) -> list[list[str]]:
    """A block for each policy, and the sum of all."""
    return [
        *(_policy(policy, width) for policy in document["policies"]),
        [_sum(document["totals"])],
    ]


def _policy(policy: Mapping[str, Any], width: int) -> list[str]:
    rules = count(len(policy["rules"]), "rule")
    lines = flush(f"{policy['name']}  {rules}", policy["place"], width)
    if not policy["cases"]:
        lines += paragraph("no case: nothing shows that its rules say what they should", width, 2)
    for case in policy["cases"]:
        came_out = "  passed" if case["holds"] else "  FAILED"
        lines += paragraph(case["name"], width, 10, came_out)
        if not case["holds"]:
            lines += [line for text in _differs(case) for line in paragraph(text, width, 10)]
    return lines


def _differs(case: Mapping[str, Any]) -> Iterator[str]:
    yield str(case["place"])
    missing = [text for text in case["expected"] if text not in case["found"]]
    more = [text for text in case["found"] if text not in case["expected"]]
    yield from (f"expected, and no rule says it: {text}" for text in missing)
    yield from (f"said, and not expected: {text}" for text in more)
    if not missing and not more:
        yield "said in another order, or another number of times, than expected"


def _sum(totals: Mapping[str, int]) -> str:
    if not totals["policies"]:
        return "No policies: `policies/` is where they belong."
    passed = totals["cases"] - totals["failed"]
    failed = f", {totals['failed']:,} failed" if totals["failed"] else ""
    return f"{count(totals['cases'], 'case')}: {passed:,} passed{failed}."
