"""Ids, tokens and passwords that repeat: the same seed and the same calls give the same bytes.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field


@dataclass
class Ids:
    """Source of all identifiers of one world, driven by its seed; `issued` counts by kind."""

    seed: int
    issued: dict[str, int] = field(default_factory=dict)

    def _digest(self, kind: str, name: str | None) -> bytes:
        if name is None:
            self.issued[kind] = self.issued.get(kind, 0) + 1
            name = f"#{self.issued[kind]}"
        return hashlib.sha256(f"{self.seed}\n{kind}\n{name}".encode()).digest()

    def guid(self, kind: str, name: str | None = None) -> str:
        """A GUID: the next one of its kind, or the one that belongs to `name`."""
        text = self._digest(kind, name).hex()
        variant = "89ab"[int(text[16], 16) & 3]
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"

    def hexes(self, kind: str, length: int, name: str | None = None) -> str:
        """`length` hex digits, at most 64."""
        return self._digest(kind, name).hex()[:length]

    def letters(self, kind: str, length: int, name: str) -> str:
        """`length` upper-case letters and digits that belong to `name`, as in availability ids."""
        alphabet = "0123456789BCDFGHJKLMNPQRSTVWXZ"
        return "".join(alphabet[byte % len(alphabet)] for byte in self._digest(kind, name)[:length])

    def signed(self, kind: str, name: str) -> str:
        """A signed 64-bit decimal, the form of a billing profile's etag."""
        return str(int.from_bytes(self._digest(kind, name)[:8], "big", signed=True))

    def password(self, kind: str) -> str:
        """A password that passes the complexity rule of the directory."""
        return f"Pw{self.hexes(kind, 10)}!"

    def chance(self, name: str) -> float:
        """A number from 0 to 1, without 1, that belongs to `name`."""
        return int.from_bytes(self._digest("chance", name)[:6], "big") / 2**48
