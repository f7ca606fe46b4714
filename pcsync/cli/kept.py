"""Whose secrets are accounted for: by an entry of the sink, or by an id that the journal knows.

Owns this list of addresses, which a plan is made with. It reads names alone, never a secret.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli import journaling

if TYPE_CHECKING:
    from pcsync.apply.ledger import Ledger
    from pcsync.cli.settings import Settings


def kept(settings: Settings, ledger: Ledger | None) -> frozenset[str] | None:
    """The addresses; None where the sink is not a plain file that can be read."""
    from pcsync.apply import names_in

    if settings.sink is None or settings.age or settings.sink_command:
        return None
    names = names_in(settings.sink)
    if names is None or ledger is None:
        return names
    return names | ledger.known(settings.cloud.name, settings.tenant)


def kept_by(place: Path, settings: Settings) -> frozenset[str] | None:
    """The same by the journal of a place, which is not made for that."""
    if not place.exists():
        return kept(settings, None)
    with journaling.opened(place) as ledger:
        return kept(settings, ledger)
