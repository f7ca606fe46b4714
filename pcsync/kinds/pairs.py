"""Pairing what is declared with what is live where the address itself tells.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pcsync.model import Pair, Resource


def by_address(wants: Sequence[Resource], haves: Sequence[Resource], how: str) -> Iterator[Pair]:
    """Each declared resource with the live one of its address; `how` says by what, for people."""
    live = {have.address: have for have in haves}
    for want in wants:
        if have := live.get(want.address):
            yield Pair(want, have, how)
