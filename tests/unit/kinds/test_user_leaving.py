"""Somebody who leaves: until when the account can be restored (domain rule PE13)."""

from __future__ import annotations

from datetime import UTC, datetime

from pcsync.kinds.user.leaving import leave
from pcsync.model import Action, Address, Asked, Read, ReadState, Resource, State, View

CONTOSO = Address("customer", ("contoso",))
ANA = Address("user", ("contoso", "ana"))
ID = "11111111-1111-1111-1111-111111111111"


def test_the_last_day_of_a_restoration_is_printed() -> None:
    path = f"/v1/customers/9/users/{ID}/directoryroles"
    view = View(
        datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
        owner=CONTOSO,
        ids={CONTOSO: "9"},
        reads={path: Asked(Read(path), ReadState.DONE)},
    )
    spec = {"userPrincipalName": "ana@contoso.com"}
    remote = {"id": ID, "synced": False, "guest": False, "deleted": False}
    want = Resource(ANA, spec, owner=CONTOSO, state=State.ABSENT)
    (action,) = leave(want, Resource(ANA, spec, owner=CONTOSO, remote=remote), view)
    assert isinstance(action, Action)
    last = "can be restored until 2026-12-23, then gone with mailbox and OneDrive"
    assert action.forever == (f"deleted; {last}",)
    assert dict(action.says)["live"] == "cloud account, not synced, no admin role, no licence"


def test_roles_that_nobody_asked_for_are_not_said_to_be_none() -> None:
    """Of an account that fits a protected pattern the roles are not read."""
    at, spec = datetime(2026, 11, 23, tzinfo=UTC), {"userPrincipalName": "admin@contoso.com"}
    remote = {"id": ID, "synced": False, "guest": False, "deleted": False}
    want = Resource(ANA, spec, owner=CONTOSO, state=State.ABSENT)
    view = View(at, owner=CONTOSO, ids={CONTOSO: "9"})
    found = list(leave(want, Resource(ANA, spec, owner=CONTOSO, remote=remote), view))
    (action,) = [each for each in found if isinstance(each, Action)]
    assert "roles not read" in dict(action.says)["live"]
    assert dict(action.counts) == {"deleteUsers": 1}
