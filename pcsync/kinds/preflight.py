"""What is asked only to say at plan time what the service would refuse (docs/preflight.md).

Owns the word that leaves these reads out, `--no-preflight`. What a purchase is safe by is no part
of them: who somebody is, what existed, what is on its way. Pure; must not import a kind.
"""

from __future__ import annotations

from pcsync.model import View

WITHOUT = "no-preflight"


def wanted(view: View) -> bool:
    """Whether these reads are made in this run."""
    return WITHOUT not in view.rules.allowed
