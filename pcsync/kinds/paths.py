"""Paths of the Partner Center API below one customer, as templates and with ids filled in.

Owns the two forms of a path: in steps the customer is a reference (it may not exist yet), in reads
its id. Must not import a kind.
"""

from __future__ import annotations

from urllib.parse import quote

from pcsync.model import Address, View


def reference(address: Address, name: str = "id") -> str:
    """The name under which an id is kept: ``customer/contoso#id``."""
    return f"{address}#{name}"


def below(owner: Address, rest: str) -> str:
    """A step's path below a customer: its id is filled in when the step runs."""
    return f"/v1/customers/{{{reference(owner)}}}/{rest}"


def at(view: View, owner: Address, rest: str) -> str | None:
    """A read's path below a customer; None while the customer does not exist."""
    found = view.ids.get(owner)
    return f"/v1/customers/{found}/{rest}" if found else None


def quoted(text: str) -> str:
    """Text percent-encoded for one segment or query value."""
    return quote(text, safe="")
