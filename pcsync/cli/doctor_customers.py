"""From facts to rows, for one declared customer: relationship, delegation, agreement, vetting.

Owns which answer means what (rules DE1, DE2; customers.md 5, 6). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator

from pcsync.cli.doctor_rows import Client, Row, State, Told

RESELLER = "reseller"
DENIED = {
    "900308": "no delegated (GDAP) role here, or nobody is in the group that holds it",
    "900309": "Conditional Access of the customer blocks the sign-in",
    "20002": "there is no relationship with this customer",
}
NO_RECORD = 404


def customer_rows(client: Client) -> Iterator[Row]:
    """The rows of one customer; where it does not exist yet there is only one."""
    yield _relationship(client)
    if client.delegation is not None:
        yield _delegation(client, client.delegation)
    if client.signed is not None:
        yield _agreement(client, client.signed, client.attested or Told())
    if client.vetting is not None:
        yield _vetting(client, client.vetting)


def _row(client: Client, check: str, state: State, what: str, do: str = "") -> Row:
    return Row(check, state, what, do, client.name)


def _grave(needed: bool) -> State:
    return State.FAILED if needed else State.WARNING


def _relationship(client: Client) -> Row:
    check, told = "relationship", client.found
    if not told.fine:
        return _row(client, check, State.UNKNOWN, told.failure, told.advice)
    if told.value is None and client.pinned:
        do = "check `tenantId`; if it is right, request a reseller relationship"
        return _row(client, check, State.FAILED, "the partner has no such customer", do)
    if told.value is None and client.domain and client.domain.fine:
        do = "request a reseller relationship with whoever has it, or correct `domain`"
        return _row(client, check, State.FAILED, "its domain exists, but not at this partner", do)
    if told.value is None:
        do = "apply would create it; check `domain` if it should be there"
        return _row(client, check, State.WARNING, "the customer is not there yet", do)
    kind = str(told.value.get("relationshipToPartner") or "unknown")
    if kind.lower() == RESELLER:
        return _row(client, check, State.OK, kind)
    if kind.lower() == "unknown":
        return _row(client, check, State.UNKNOWN, "the service does not say")
    return _row(client, check, State.FAILED, kind, "request a reseller relationship")


def _delegation(client: Client, told: Told) -> Row:
    if told.fine:
        return _row(client, "delegation", State.OK, "users and licences can be read")
    if told.status != 403 or told.code not in DENIED:
        return _row(client, "delegation", State.UNKNOWN, told.failure, told.advice)
    state = _grave(client.people or told.code == "20002")
    what = f"403 {told.code}: {DENIED[told.code]}"
    return _row(client, "delegation", state, what, told.advice)


def _agreement(client: Client, signed: Told, attested: Told) -> Row:
    if signed.fine and (signed.value or {}).get("isSigned") is True:
        return _row(client, "agreement", State.OK, "the customer signed it")
    if attested.fine and (attested.value or {}).get("items"):
        return _row(client, "agreement", State.OK, "attested by the partner")
    if failed := next((each for each in (attested, signed) if not each.fine), None):
        return _row(client, "agreement", State.UNKNOWN, failed.failure, failed.advice)
    do = "let the customer accept the Microsoft Customer Agreement: orders are refused until then"
    return _row(client, "agreement", _grave(client.buys), "not accepted", do)


def _vetting(client: Client, told: Told) -> Row:
    if told.status == NO_RECORD and told.code == "600074":
        return _row(client, "vetting", State.OK, "there is no record, which blocks nothing")
    if not told.fine:
        return _row(client, "vetting", State.UNKNOWN, told.failure, told.advice)
    status = str((told.value or {}).get("status") or "Unknown")
    if status.lower() == "allowed":
        return _row(client, "vetting", State.OK, status)
    do = "Microsoft reviews the account: purchases are refused until it is allowed"
    return _row(client, "vetting", _grave(client.buys), status, do)
