"""`pcsync plan --why ADDRESS`: which draft it is about, and what is said when there is none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pcsync.cli import output
from pcsync.errors import UsageError

if TYPE_CHECKING:
    from pcsync.model import Address, Plan
    from pcsync.plan.draft import Draft


def wanted(text: str) -> Address:
    """The address that was asked about. Raises UsageError for what is none."""
    from pcsync.model import Address

    try:
        return Address.parse(text)
    except ValueError:
        advice = "write it as plans do, such as subscription/contoso/m365"
        raise UsageError(f"{text} is not an address", advice) from None


def show(drafts: Sequence[Draft], plan: Plan, address: Address, form: str) -> None:
    """Prints the explanation. Raises UsageError with near addresses where there is nothing."""
    from pcsync.plan.explain import addresses, explain
    from pcsync.report.why import why_document

    found = explain(drafts, plan, address)
    if found is None:
        raise UsageError(f"nothing here is called {address}", _near(address, addresses(drafts)))
    output.show(why_document(found), form)


def _near(address: Address, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(str(address), known, n=3)
    return f"did you mean {' or '.join(near)}?" if near else "see `pcsync plan` for addresses"
