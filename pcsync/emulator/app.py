"""The ASGI application: reads a request, lets the service answer, writes or cuts the connection.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from pcsync.emulator.answering import Incoming, Service
from pcsync.emulator.page import Page
from pcsync.emulator.state_file import StateFile
from pcsync.emulator.world import World


class _Endpoint:
    """One endpoint for every path: Partner Center's routing is a table of its own."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._page = Page(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        raw = await request.body()
        target = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        incoming = Incoming(request.method, scope["path"], target, headers, raw)
        outgoing = self._page.answer(incoming) or self._service.answer(incoming)
        if outgoing.wait:
            await asyncio.sleep(outgoing.wait)
        response = Response(outgoing.body, outgoing.status, outgoing.headers)
        if outgoing.half:
            await _half(response, send)
        if outgoing.cut:
            await _cut(scope, receive)
            return
        await response(scope, receive, send)


async def _half(response: Response, send: Send) -> None:
    """Send the headers, which tell the full length, and the first half of the body."""
    start = {"type": "http.response.start", "status": response.status_code}
    await send({**start, "headers": response.raw_headers})
    part = bytes(response.body)[: len(response.body) // 2]
    await send({"type": "http.response.body", "body": part, "more_body": True})


async def _cut(scope: Scope, receive: Receive) -> None:
    """Close the connection; without a server there is only an exception."""
    connection = scope.get("state", {}).get("connection")
    if connection is None:
        raise ConnectionAbortedError("an injected fault cut this connection")
    connection.close()
    while (await receive())["type"] != "http.disconnect":
        continue


def create_app(world: World | None, file: StateFile | None = None) -> Starlette:
    """A Starlette application that serves this world, or without one what the state file holds;
    `app.state.service` gives access to it."""
    service = Service(world, file)
    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    endpoint = Route("/{path:path}", _Endpoint(service), methods=methods)
    app = Starlette(routes=[endpoint])
    app.state.service = service
    return app
