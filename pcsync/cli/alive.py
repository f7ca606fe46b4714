"""Whether what the lock file still names is alive: one GET for each line that nobody declares.

Owns these reads and what their answers mean. What can't be read counts as alive.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pcsync.errors import ApiError, PcsyncError
from pcsync.model import Address

if TYPE_CHECKING:
    from pcsync.cli.connect import Connection

OVER = frozenset({"deleted", "expired"})
CUSTOMER, LICENSE, SUBSCRIPTION, USER = "customer", "license", "subscription", "user"


def gone(
    addresses: Iterable[Address], ids: Mapping[Address, str], connection: Connection
) -> tuple[list[Address], list[str]]:
    """Those of these recorded addresses that are not alive any more, and what could not be read."""
    found: list[Address] = []
    unread: list[str] = []
    for address in sorted(addresses):
        above = {Address(CUSTOMER, address.path[:1]), Address(USER, address.path[:2])}
        if above & set(found):
            found.append(address)
            continue
        try:
            if not _alive(address, ids, connection):
                found.append(address)
        except PcsyncError as error:
            unread.append(f"{address}: {error.what}")
    return found, unread


def _alive(address: Address, ids: Mapping[Address, str], connection: Connection) -> bool:
    tenant = ids.get(Address(CUSTOMER, (address.root,)))
    if tenant is None:
        return True
    base = f"/v1/customers/{tenant}"
    if address.kind == CUSTOMER:
        return _there(base, connection) is not None
    if address.kind == SUBSCRIPTION:
        row = _there(f"{base}/subscriptions/{ids[address]}", connection)
        return row is not None and str(row.get("status")).lower() not in OVER
    if address.kind == USER:
        return _there(f"{base}/users/{ids[address]}", connection, user=True) is not None
    person = ids.get(Address(USER, address.path[:2]))
    if address.kind != LICENSE or person is None:
        return True
    row = _there(f"{base}/users/{person}/licenses", connection, user=True)
    skus = {str(item["productSku"]["id"]).lower() for item in (row or {}).get("items", ())}
    return ids[address] in skus


def _there(path: str, connection: Connection, user: bool = False) -> Mapping[str, Any] | None:
    """The answer; None where there is no such thing. Raises PcsyncError."""
    try:
        body: Mapping[str, Any] = connection.client.send("GET", path, user=user).body
        return body
    except ApiError as error:
        if error.status == 404:
            return None
        raise
