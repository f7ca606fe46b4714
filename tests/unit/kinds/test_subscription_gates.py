"""Which gates of a customer are asked about: by whose token, in which cloud, and which are not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pcsync.kinds.subscription import gates
from pcsync.model import Address, Can, ProjectRules, Resource, View

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
OWNER = Address("customer", ("contoso",))
TENANT = "11111111-1111-1111-1111-111111111111"
AGREEMENT, VETTING = gates.LISTED, gates.ACCOUNT


def view(words: dict[str, str] | None = None, **more: object) -> View:
    annotations = {"gates": words} if words else {}
    want = Resource(OWNER, {}, words=annotations)
    members = {"ids": {OWNER: TENANT}, **more}
    return View(AT, OWNER, wants={OWNER: want}, **members)  # type: ignore[arg-type]


def asked(found: View) -> list[str]:
    return [read.path.rpartition("/")[2] for read in gates.reads(found)]


@pytest.mark.parametrize(
    "found, reads",
    [
        (view(), [AGREEMENT, VETTING]),
        (view({"agreement": "ignore"}), [VETTING]),
        (view({"agreement": "required", "vetting": "ignore"}), [AGREEMENT]),
        (view(can=frozenset({Can.APP})), []),
        (view(cloud="china"), [VETTING]),
        (view(cloud="usGovernment"), [VETTING]),
        (view(ids={}), []),
        (view(rules=ProjectRules(allowed={"no-preflight": ()})), []),
    ],
    ids=["all", "waived", "other", "app", "china", "government", "new", "without"],
)
def test_what_is_asked(found: View, reads: list[str]) -> None:
    assert asked(found) == reads


def test_a_direct_signature_is_asked_for_only_where_no_record_is_listed() -> None:
    for items, more in (([], [gates.SIGNED]), ([{"type": "MicrosoftCustomerAgreement"}], [])):
        have = gates.live(gates.LISTED, {"items": items}, OWNER)
        found = view(haves={have.address: have})
        assert asked(found) == [AGREEMENT, *more, VETTING]
        assert gates.closed(found) == [], "half of the answer closes nothing"


@pytest.mark.parametrize(
    "status, closed",
    [
        ("UnderReview", True),
        ("Unknown", True),
        ("under_review", True),
        ("Allowed", False),
        ("Not Ready", False),
        ("NotAllowed", False),
        (None, False),
    ],
)
def test_which_states_of_an_account_keep_orders_back(status: str | None, closed: bool) -> None:
    have = gates.live(gates.ACCOUNT, {"status": status}, OWNER)
    found = view(haves={have.address: have})
    assert gates.closed(found) == (["vetting"] if closed else [])
    assert [step.gate for step in gates.steps(OWNER, ("a",), found)] == gates.closed(found)
