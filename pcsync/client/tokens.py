"""What the client needs of a sign-in.

Owns the protocol. Must not import anything of pcsync but the nouns.
"""

from __future__ import annotations

from typing import Protocol

from pcsync.model import Can


class Tokens(Protocol):
    """Hands out access tokens. Thread-safe."""

    @property
    def can(self) -> frozenset[Can]:
        """The kinds of token it can get."""

    def token(self, user: bool) -> str:
        """A token that is good at this moment; with `user` an App+User one. Raises SignInFailed."""

    def refresh(self, user: bool) -> None:
        """Forget the token of this kind, after the service refused it."""
