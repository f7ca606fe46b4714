"""The cases of identity once more with `pcsync.lock.yaml` deleted (domain rule ID15): what has
another trace is neither created nor ended nor changed in any other way than with the file."""

from __future__ import annotations

from dataclasses import replace

import pytest
from harness import Box, acting

from .cases import Case, load, prepare

KINDS = ("budget", "customer", "license", "subscription", "user")
LOCKED = [
    case
    for kind in KINDS
    for case in load(kind)
    if case.lock and any(rule.startswith("ID") for rule in case.rules)
]
# No row of any status has the id, the name or, alive, the product: the file was all that knew it.
ONLY_RECORDED = {
    "a recorded id that is nowhere is an error and no purchase": "create subscription/contoso/m365",
    "a recorded one that moved to another partner is a finding": "create subscription/contoso/m365",
    "a recorded person who is nowhere is not created": "create user/contoso/ana",
    "a recorded tenant id that no customer has creates nothing": "create customer/contoso",
    "a transfer that was rejected moved nothing": "create subscription/contoso/m365",
    "an expired one of a recorded id is never bought again": "create subscription/contoso/m365",
    "transfers that can't be read leave a missing one unknown": "create subscription/contoso/m365",
}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in LOCKED])
def test_without_the_file_nothing_else_is_done(case: Case, box: Box) -> None:
    prepare(box, replace(case, lock=None))
    done = set(acting(box.plan(case.manifest)))
    new = {ONLY_RECORDED[case.name]} if case.name in ONLY_RECORDED else set()
    assert done - set(case.plan) == new


def test_the_exceptions_are_cases() -> None:
    assert ONLY_RECORDED.keys() <= {case.name for case in LOCKED}
