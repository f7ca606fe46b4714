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
from pcsync.emulator.faults import Fault, invalid, not_understood
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
    """What the client asked for: page size, filter text, and the place to go on from."""

    size: int
    filter: str | None
    after: int | None
    sort: tuple[str, str] | None = None


def asked(call: Call) -> Request:
    """Read size, filter, sort and continuation; the token outranks the query, as with the SDK."""
    seek = call.query("seekOperation")
    if seek is not None and seek.lower() not in ("next", "first"):
        raise not_understood("seekOperation", seek)
    token = call.headers.get("ms-continuationtoken")
    if seek and seek.lower() == "next":
        if not token:
            raise invalid("seekOperation=Next needs the header MS-ContinuationToken.")
        return _read(call, token)
    most = call.world.settings.page_size
    size = min(_size(call) or most, most)
    sort = call.query("sortField")
    direction = call.query("sortDirection") or "Ascending"
    return Request(size, call.query("filter"), None, (sort, direction) if sort else None)


def _size(call: Call) -> int:
    text = call.query("size") or "0"
    if not text.isdigit():
        raise invalid("size must be a whole number.")
    return int(text)


def _read(call: Call, token: str) -> Request:
    try:
        held = json.loads(base64.urlsafe_b64decode(token.encode()))
        sort = tuple(held["sort"]) if held["sort"] else None
        page = Request(held["size"], held["filter"], held["after"], sort)
    except (ValueError, KeyError, TypeError) as wrong:
        raise Fault(400, 3000, "The continuation token is not valid.") from wrong
    if held["list"] != call.path.lower():
        raise Fault(400, 3000, "The continuation token belongs to another list.")
    return page


def _write(call: Call, page: Request, after: int) -> str:
    held = {
        "list": call.path.lower(),
        "size": page.size,
        "filter": page.filter,
        "after": after,
        "sort": page.sort,
    }
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
        token = _write(call, page, place(picked[-1]))
        answer["links"]["next"] = link(_next_uri(call, page), token=token)
        answer["continuationToken"] = token
    return shown(**answer)


def _self_uri(call: Call) -> str:
    query = urlencode(call.pairs, quote_via=quote)
    return f"{_relative(call)}?{query}" if query else _relative(call)


def _next_uri(call: Call, page: Request) -> str:
    members = {"size": str(page.size)}
    if page.filter:
        members["filter"] = page.filter
    query = urlencode({**members, "seekOperation": "Next"}, quote_via=quote)
    return f"{_relative(call)}?{query}"


def _relative(call: Call) -> str:
    path = call.path.rstrip("/")
    bare = path[3:] if path.lower().startswith("/v1/") else path
    return call.world.settings.link_prefix + bare
