"""The market of a customer: its country, which decides catalogue and prices for ever.

Owns where the country is known from, and the one read that says it where nothing else does. Pure.
"""

from __future__ import annotations

from pcsync.kinds.paths import at
from pcsync.model import Read, View

PROFILE = "profiles/billing"


def country(view: View) -> str | None:
    """The country of the customer: as it is live, else as it is declared; None if not known."""
    owner = view.owner
    found = (view.haves.get(owner), view.wants.get(owner)) if owner else ()
    names = (each.remote.get("country") for each in found if each)
    return next((str(name).upper() for name in names if name), None)


def read(view: View) -> Read | None:
    """The billing profile, where nothing else says the country; that it fails hides nothing."""
    path = at(view, view.owner, PROFILE) if view.owner else None
    if country(view) or path is None or path in view.reads:
        return None
    return Read(path, (), owner=view.owner)
