"""A request off the wire, and what goes back.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from pcsync.emulator.tokens import Caller


@dataclass(frozen=True)
class Incoming:
    """A request off the wire: `path` decoded, `target` as sent with its query.

    `caller` is set for a scripted call, which needs no token.
    """

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    raw: bytes
    caller: Caller | None = None

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query parameters in order, decoded."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)

    @property
    def host(self) -> str:
        """The server as the client names it."""
        return self.headers.get("host", "localhost")


@dataclass
class Outgoing:
    """What goes back: an answer in bytes, or a connection that is cut, by `half` of the body.

    `wait` is how many seconds it is held back for real.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    half: bool = False
    wait: float = 0.0
