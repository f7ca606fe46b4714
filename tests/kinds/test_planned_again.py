"""A saved plan of every kind is looked at again from its file alone: nothing of it is stale.

Where planning again from `declared` would say something else than planning from the manifests, a
plan that still holds would be refused.
"""

from __future__ import annotations

import pytest
from harness import Box

from pcsync.cli.again import check, plan_again
from pcsync.cli.connect import connect
from pcsync.plan.codec import to_data
from pcsync.plan.file import dump, load
from pcsync.plan.fresh import fresh

from .cases import Case, prepare
from .test_cases import ALL

# A customer made beside the recorded one is in the new lock file only: by the plan alone it is
# refused as stale, and planned anew.
ONLY_BY_LOCK = "beside a recorded tenant id another is created once, where the word is new"


def chosen(number: int, case: Case) -> bool:
    """Those that know more than their manifests, and a third of the others. A fault that comes
    before may be over by the second look. Price sheets are not read again: the price stop is that
    of the plan."""
    if not case.writes or case.xfail or case.before or case.prices or case.name == ONLY_BY_LOCK:
        return False
    return bool(case.base or case.lock or case.allow or number % 3 == 0)


CASES = [case for each in ALL for case in each.values if isinstance(case, Case)]
CHOSEN = [
    pytest.param(case, id=str(each.id))
    for number, (each, case) in enumerate(zip(ALL, CASES, strict=True))
    if chosen(number, case)
]


@pytest.mark.parametrize("case", CHOSEN)
def test_a_plan_that_holds_is_not_stale_and_one_that_was_applied_is_done(
    case: Case, box: Box
) -> None:
    """Before it is applied, and after, as where the journal of the run was lost."""
    prepare(box, case)
    plan = load(dump(box.plan(case.manifest)), "plan.json")
    with connect(box.settings, writable=False) as connection:
        again = plan_again(plan, box.settings, connection)
        assert to_data(again)["steps"] == to_data(plan)["steps"]
        assert fresh(plan, again).settled == {}
    box.apply(plan)
    if not case.outcomes:
        with connect(box.settings, writable=False) as connection:
            assert check(plan, box.settings, connection).stale == []
