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
    assert action.effects == (last, "licences are freed at once")
    assert dict(action.counts) == {"deleteUsers": 1}
