"""A first password that is given or made once, and that nobody may have (domain rules PE14, PU7).

Whoever is found live, and is written down nowhere, may have been made by a run of which nothing
else is left: then the sink has the password, or it is lost. Must not import a kind or a stage.
"""

from __future__ import annotations

from pcsync.kinds import missing
from pcsync.model import Address, Finding, Resource, Severity, View

CODE = "password-not-kept"


def unaccounted(want: Resource, view: View) -> bool:
    """Whether something live is known by nothing but its name: neither by an id of the lines or the
    lock file, nor by the base, nor by an entry of the sink or an id of the journal."""
    kept = view.rules.kept
    if kept is None or "id" in want.remote or want.address in view.recorded:
        return False
    *parents, name = want.address.path
    names = (name, *map(str, want.words.get("renamedFrom", ())))
    addresses = (Address(want.address.kind, (*parents, each)) for each in names)
    return not (any(str(each) in kept for each in addresses) or missing.before(want, view))


def lost(want: Resource, field: str, what: str, advice: str) -> Finding:
    """The warning that it may be lost, with the reset to do."""
    return Finding(Severity.WARNING, CODE, what, advice, want.address, want.at(field))
