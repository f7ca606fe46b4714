"""Where the next page is (conventions.md section 6).

Owns the reading of `links.next`. Pure; must not import anything of pcsync.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TOKEN = "MS-ContinuationToken"


class LinkError(ValueError):
    """A link that must not be followed; its text says why, without the link's token."""


@dataclass(frozen=True, slots=True)
class Next:
    """The next page: its path from `/v1/` on, and the token to send in `MS-ContinuationToken`."""

    path: str
    token: str | None


def next_page(body: Any, base_url: str) -> Next | None:
    """Where the page after this one is; None if this was the last. Raises LinkError."""
    link = _member(_member(body, "links"), "next")
    if link is None:
        return None
    uri = _member(link, "uri")
    if not isinstance(uri, str) or not uri:
        raise LinkError("the link to the next page has no uri")
    return Next(
        local_path(uri, base_url), _token(link) or _text(_member(body, "continuationToken"))
    )


def local_path(uri: str, base_url: str) -> str:
    """A link's uri, relative with or without `/v1` or absolute, as a path from `/v1/` on.

    Raises LinkError where it leads to another service than `base_url`.
    """
    parts, base = urlsplit(uri), urlsplit(base_url)
    if (parts.scheme or parts.netloc) and parts[:2] != base[:2]:
        raise LinkError(f"the link to the next page leads elsewhere, to {parts.hostname}")
    path = parts.path.lstrip("/")
    if not path.lower().startswith("v1/"):
        path = f"v1/{path}"
    return f"/v1/{path[3:]}" + (f"?{parts.query}" if parts.query else "")


def _token(link: Any) -> str | None:
    """The only header a link may set: an answer must not choose the others."""
    headers = _member(link, "headers")
    for header in headers if isinstance(headers, list) else []:
        if str(_member(header, "key")).lower() == TOKEN.lower():
            return _text(_member(header, "value"))
    return None


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
