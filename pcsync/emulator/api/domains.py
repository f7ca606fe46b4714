"""Whether a domain is taken. Page: verify-domain-availability.md."""

from __future__ import annotations

from pcsync.emulator.call import Answer, Call, empty
from pcsync.emulator.routing import Routes

routes = Routes()


@routes("HEAD", "/v1/domains/{domain}", page="verify-domain-availability.md")
def taken(call: Call) -> Answer:
    """200 if the domain is taken, 404 if it is free; no body."""
    return empty(200 if call.world.taken(call.parts["domain"]) else 404)
