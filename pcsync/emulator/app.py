"""The ASGI application: reads a request, lets the service answer, writes or cuts the connection.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pcsync.emulator.answering import Incoming, Service
from pcsync.emulator.world import World


class _Endpoint:
    """One endpoint for every path: Partner Center's routing is a table of its own."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        target = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = {name.lower(): value for name, value in request.headers.items()}
        incoming = Incoming(request.method, scope["path"], target, headers, raw)
        outgoing = self._service.answer(incoming)
        if outgoing.cut:
            await _cut(scope, receive)
            return
        response = Response(outgoing.body, outgoing.status, outgoing.headers)
        await response(scope, receive, send)


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection without an answer; without a server there is only an exception."""
    connection = scope.get("state", {}).get("connection")
    if connection is None:
        raise ConnectionAbortedError("an injected fault cut this connection")
    connection.close()
    while (await receive())["type"] != "http.disconnect":
        continue


def create_app(world: World) -> Starlette:
    """A Starlette application that serves this world; `app.state.service` gives access to it."""
    service = Service(world)
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    endpoint = Route("/{path:path}", _Endpoint(service), methods=methods)
    app = Starlette(routes=[endpoint])
    app.state.service = service
    return app
