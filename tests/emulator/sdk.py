"""The official .NET SDK on the wire, byte by byte: clients.md."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from .wire import Wire

USER_TYPE = {"ObjectType": "CustomerUser"}
UNSET = "0001-01-01T00:00:00"
"""How a date that is not set is written."""


class Sdk:
    """One scope of calls, which share a correlation id; each opens a connection of its own."""

    def __init__(self, pc: Wire) -> None:
        self.pc, self.host = pc, urlsplit(pc.url).netloc
        self.correlation = str(uuid4())

    def __call__(
        self, method: str, path: str, body: Any = None, request_id: str = "", **more: str
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        """Status, parsed body and headers."""
        headers = {
            "Authorization": f"Bearer {self.pc.token('user')}",
            "Accept": "application/json",
            "MS-RequestId": request_id or str(uuid4()),
            "MS-CorrelationId": self.correlation,
            "X-Locale": "en-US",
            "MS-PartnerCenter-Client": "Partner Center .NET SDK",
            "MS-SdkVersion": "3.4.0",
            "MS-PartnerCenter-Application": "an app",
            **{name.replace("_", "-"): value for name, value in more.items()},
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection(self.host)
        raw = None if body is None else json.dumps(body).encode()
        connection.request(method, path, raw, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None, answer.headers

    def get(self, path: str, **more: str) -> Any:
        """The body of a GET that works."""
        status, body, _ = self("GET", path, **more)
        assert status == 200, body
        return body


def whole_user(**values: Any) -> dict[str, Any]:
    """A user as the SDK writes it: every member, nulls and defaults too."""
    names = ("Id", "UserPrincipalName", "FirstName", "LastName", "DisplayName", "UsageLocation")
    unset = dict.fromkeys((*names, "ImmutableId", "PhoneNumber", "PasswordProfile", "Links"))
    defaults = {"UserDomainType": "none", "State": "active", "Attributes": USER_TYPE}
    return {**unset, "LastDirectorySyncTime": None, "SoftDeletionTime": None, **defaults, **values}


def uris(value: Any) -> Iterator[str]:
    """All link uris of an answer."""
    if isinstance(value, list):
        for item in value:
            yield from uris(item)
    elif isinstance(value, dict):
        if isinstance(value.get("uri"), str):
            yield value["uri"]
        for member in value.values():
            yield from uris(member)
