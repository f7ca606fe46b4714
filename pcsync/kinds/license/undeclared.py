"""People whose licences are held as a whole although no line declares them (rule RM8).

Owns who they are: `exclusive: [licenses]` costs a read for each of them. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping

from pcsync.model import Address, View

PEOPLE = "user"


def whole(view: View, kind: str) -> bool:
    """Whether the customer's licences are held as a whole, not only those of single people."""
    return any(owned.kind == kind and owned.word for owned in view.owns)


def people(view: View, kind: str) -> Mapping[Address, str]:
    """Live people that no line declares, with their ids; nobody unless licences are a whole."""
    if not whole(view, kind):
        return {}
    wants = [want for address, want in view.wants.items() if address.kind == PEOPLE]
    owners = {want.owner for want in view.wants.values()}
    known = {str(want.remote.get("id")) for want in wants}
    known |= {str(want.spec.get("userPrincipalName")).lower() for want in wants}
    return {
        address: str(have.remote["id"])
        for address, have in sorted(view.haves.items())
        if address.kind == PEOPLE
        and address not in view.wants
        and address not in owners
        and not {str(have.remote.get("id")), _upn(have.spec)} & known
        and "id" in have.remote
    }


def _upn(spec: Mapping[str, object]) -> str:
    return str(spec.get("userPrincipalName")).lower()
