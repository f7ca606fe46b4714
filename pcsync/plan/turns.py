"""Whose purchases come first, if the partner's credit should not do for all (domain rule MO17).

Owns what the label `priority` of a customer means. Pure.
"""

from __future__ import annotations

from pcsync.model import NOTHING, Address, Plan
from pcsync.plan.declared import PRIORITY

Rank = tuple[int, float, str]


def turns(plan: Plan) -> tuple[str, ...]:
    """The customers of a plan that have a priority, by their names, in the order in which they buy:
    numbers before words, 1 before 2, then by name. All others come after them."""
    resources = plan.declared.get("resources", NOTHING).items()
    ranks = {
        Address.parse(address).root: _rank(str(words["labels"][PRIORITY]))
        for address, words in resources
        if "owner" not in words and PRIORITY in words.get("labels", NOTHING)
    }
    return tuple(sorted(ranks, key=lambda name: (ranks[name], name)))


def _rank(text: str) -> Rank:
    try:
        return (0, float(text), "")
    except ValueError:
        return (1, 0.0, text)
