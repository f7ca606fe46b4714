"""Collections and seek paging (conventions.md 5 and 6).

A continuation token is opaque to clients; it holds the place after the last item, so that entries
may come and go between pages. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from pcsync.emulator.call import Call
from pcsync.emulator.faults import invalid, not_understood
from pcsync.emulator.wire import shown

Item = TypeVar("Item")


def link(uri: str, method: str = "GET", token: str | None = None) -> dict[str, Any]:
    """A link with a relative uri; a page link carries its token as a header to replay."""
    headers = [{"key": "MS-ContinuationToken", "value": token}] if token else []
    return {"uri": uri, "method": method, "headers": headers}


def collection(call: Call, items: list[dict[str, Any]]) -> dict[str, Any]:
    """A collection that is one answer."""
    return {
        "totalCount": len(items),
        "items": items,
        "links": {"self": link(_self_uri(call))},
        "attributes": {"objectType": "Collection"},
    }


@dataclass(frozen=True)
class Request:
    """What the client asked for: page size, filter text, order, and the place to go on from."""

    size: int
    filter: str | None
    after: int | None
    sort: tuple[str, str] | None


def asked(call: Call) -> Request:
    """Read the query; with a continuation token the query of the first page holds on, as the
    SDK sends nothing else with it."""
    held = call.headers.get("ms-continuationtoken")
    seek = (call.query("seekOperation") or ("next" if held else "first")).lower()
    if seek not in ("next", "first"):
        raise not_understood("seekOperation", call.query("seekOperation"))
    after = None
    if seek == "next":
        call.pairs, after = _read(call, held)
    most = call.world.settings.page_size
    sort = call.query("sortField")
    direction = call.query("sortDirection") or "Ascending"
    size = min(_size(call) or most, most)
    return Request(size, call.query("filter"), after, (sort, direction) if sort else None)


def _size(call: Call) -> int:
    text = call.query("size") or "0"
    if not text.isdigit():
        raise invalid("size must be a whole number.")
    return int(text)


def _read(call: Call, token: str | None) -> tuple[list[tuple[str, str]], int]:
    """The query of the first page and the place of its last item. 400/3000 if it is no token."""
    if not token:
        raise invalid("seekOperation=Next needs the header MS-ContinuationToken.")
    try:
        held = json.loads(base64.urlsafe_b64decode(token.encode()))
        pairs = [(str(name), str(value)) for name, value in held["query"]]
        place, path = int(held["after"]), str(held["list"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise invalid("The continuation token is not valid.") from wrong
    if path != call.path.lower():
        raise invalid("The continuation token belongs to another list.")
    return pairs, place


def _write(call: Call, after: int) -> str:
    query = [pair for pair in call.pairs if pair[0].lower() != "seekoperation"]
    held = {"list": call.path.lower(), "query": query, "after": after}
    return base64.urlsafe_b64encode(json.dumps(held).encode()).decode()


def paged(
    call: Call,
    page: Request,
    rows: Iterable[Item],
    place: Callable[[Item], int],
    show: Callable[[Item], dict[str, Any]],
) -> dict[str, Any]:
    """One page of `rows`, which come in order of `place`, with a link to the next if there is one.

    totalCount counts the items of this page only.
    """
    picked: list[Item] = []
    more = False
    for row in rows:
        if page.after is not None and place(row) <= page.after:
            continue
        if len(picked) == page.size:
            more = True
            break
        picked.append(row)
    answer = collection(call, [show(row) for row in picked])
    if more:
        token = _write(call, place(picked[-1]))
        answer["links"]["next"] = link(_next_uri(call), token=token)
        answer["continuationToken"] = token
    return shown(**answer)


def _self_uri(call: Call) -> str:
    return _relative(call, call.pairs)


def _next_uri(call: Call) -> str:
    kept = [pair for pair in call.pairs if pair[0].lower() != "seekoperation"]
    return _relative(call, [*kept, ("seekOperation", "Next")])


def _relative(call: Call, pairs: list[tuple[str, str]]) -> str:
    path = call.path.rstrip("/")
    bare = path[3:] if path.lower().startswith("/v1/") else path
    query = urlencode(pairs, quote_via=quote)
    return call.world.settings.link_prefix + bare + (f"?{query}" if query else "")
