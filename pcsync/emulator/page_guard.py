"""Keeping foreign web pages from the emulator: who may send it anything but a GET.

A browser names the page that a request comes from in Origin; programs send none. Names with dots
are refused even where Origin and Host agree: whoever owns such a name can point it at this machine
(DNS rebinding). Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

OWN_NAMES = (".localhost", ".internal")


class Guard:
    """Knows the token that this start of the emulator puts into its forms."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)

    def knows(self, token: str) -> bool:
        """Whether the form is one of this start."""
        return secrets.compare_digest(token.encode(), self.token.encode())

    def foreign(self, headers: Mapping[str, str]) -> bool:
        """Whether a browser sends this on behalf of a page that is not the emulator's."""
        if headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            return True
        origin = headers.get("origin") or headers.get("referer")
        return origin is not None and not _own(origin, headers.get("host", ""))


def _own(origin: str, host: str) -> bool:
    try:
        parts = urlsplit(origin)
        same = parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()
        return same and _local(parts.hostname or "")
    except ValueError:
        return False


def _local(name: str) -> bool:
    """Whether nobody else can own the name: an address, a bare name, or a reserved ending."""
    if "." not in name and ":" not in name:
        return bool(name)
    if name.endswith(OWN_NAMES):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
