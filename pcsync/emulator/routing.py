"""The table of operations: which path, which token, which query, which doc page.

A path or parameter that is not in the table is refused. Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from pcsync.emulator.call import Answer, Call
from pcsync.emulator.faults import Fault, bad_token
from pcsync.emulator.operations import Unserved
from pcsync.emulator.paths import Paths
from pcsync.emulator.tokens import AUDIENCES, Caller

Handler = Callable[[Call], Answer]


class Takes(Enum):
    """Which tokens an operation accepts (customers.md 0)."""

    EITHER = "app, user"
    USER = "user only"
    LICENSES = "user only, refused as licence calls are"


@dataclass(frozen=True)
class Route:
    """One documented operation. `audit` names the record that a refusal leaves behind; `stores`
    is false for a POST that only asks; `also` are further pages with the same method and path."""

    method: str
    path: str
    handler: Handler
    page: str
    takes: Takes
    query: frozenset[str]
    audit: tuple[str, str] | None
    stores: bool
    also: tuple[str, ...] = ()

    @property
    def pages(self) -> tuple[str, ...]:
        """All pages whose operation this is, the main one first."""
        return (self.page, *self.also)

    @property
    def writes(self) -> bool:
        """Whether the operation changes something."""
        return self.stores and self.method not in ("GET", "HEAD")

    def admit(self, caller: Caller, own_audiences: Iterable[str]) -> None:
        """Refuse a token of the wrong kind or audience, with the codes of conventions.md 2."""
        audience = caller.audience.rstrip("/")
        known = audience in AUDIENCES or audience in own_audiences
        if self.takes is Takes.LICENSES and (caller.user is None or not known):
            raise Fault(400, 900316, "A partner token is not allowed in licence calls.")
        if not known:
            raise bad_token(f"the audience {audience} is not this API")
        if self.takes is Takes.USER and caller.user is None:
            raise Fault(403, 900329, "Application-only access is not supported here.")

    def check_query(self, names: Iterable[str]) -> None:
        """Refuse query parameters that the operation does not document."""
        for name in names:
            if name.lower() not in self.query:
                text = f"{self.method} {self.path} takes no query parameter {name!r}."
                raise Fault(400, "emulator-unknown-parameter", text)


class Routes:
    """Operations of one API family, registered by decorator."""

    def __init__(self) -> None:
        self.table: list[Route] = []

    def __call__(
        self,
        method: str,
        path: str,
        page: str,
        takes: Takes = Takes.EITHER,
        query: Iterable[str] = (),
        audit: tuple[str, str] | None = None,
        stores: bool = True,
        also: Iterable[str] = (),
    ) -> Callable[[Handler], Handler]:
        """Register the decorated handler."""
        names = frozenset(name.lower() for name in query)

        def register(handler: Handler) -> Handler:
            more = tuple(also)
            self.table.append(Route(method, path, handler, page, takes, names, audit, stores, more))
            return handler

        return register


def matched(route_path: str, path: str) -> dict[str, str] | None:
    """The path variables if the path fits; fixed parts compare without case."""
    wanted, given = route_path.strip("/").split("/"), path.strip("/").split("/")
    if len(wanted) != len(given):
        return None
    parts: dict[str, str] = {}
    for pattern, part in zip(wanted, given, strict=True):
        if pattern.startswith("{"):
            parts[pattern.strip("{}")] = part
        elif pattern.lower() != part.lower():
            return None
    return parts


class Table:
    """All operations; fixed paths win over paths with variables."""

    def __init__(self, families: Iterable[Routes]) -> None:
        self.routes = [route for family in families for route in family.table]
        self._paths = Paths((route.method, route.path, route) for route in self.routes)
        self._unserved = Unserved((route.method, route.path) for route in self.routes)

    def find(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The operation and its path variables. 501 `emulator-unknown-operation` if none."""
        clean = "/" + path.strip("/")
        missing = self._unserved.find(method, clean)
        route = self._paths.find(method, clean)
        if route is not None and (not missing or missing.variables >= route.path.count("{")):
            return route, matched(route.path, clean) or {}
        text = f"The emulator knows no operation {method} {path}."
        if missing:
            text = f"The emulator does not serve the operation {missing.name!r} ({missing.page})."
        raise Fault(501, "emulator-unknown-operation", text)
