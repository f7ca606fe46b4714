"""Templates, stylesheet and headers of the page.

Everything a template shows is escaped; the headers let a browser load nothing and run nothing.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.templating import Jinja2Templates

from pcsync.emulator import page_moments, page_times, times, wire
from pcsync.emulator.answering import Incoming, Outgoing, Service
from pcsync.emulator.faults import Fault
from pcsync.emulator.state import State

HOME = "/_emulator/"
PAGES = "/_emulator/page/"
NOTICES = ("was", "cleared")
"""Parameters that a button adds so that the page can tell what it did."""
FOLDER = Path(__file__).parent / "templates"


@dataclass
class Look:
    """One person's look at a page: what there is, the form's token, the address, a notice."""

    service: Service
    token: str
    path: str
    query: Mapping[str, str]
    notice: str = ""

    @property
    def state(self) -> State:
        """The world, the calls and the faults."""
        return self.service.state

    def control(self, method: str, name: str, **body: str) -> Any:
        """Ask the control plane, as any program does. Its refusals are raised."""
        path, raw = HOME + name, wire.encode(body)
        sent = self.service.answer(Incoming(method, path, path, {}, raw))
        said: Any = wire.decode(sent.body) if sent.body else None
        if sent.status >= 400:
            raise Fault(sent.status, said["code"], said["description"])
        return said

    @property
    def now(self) -> datetime:
        """The emulator's time."""
        return self.state.world.clock.now()

    @property
    def here(self) -> str:
        """The address to come back to, without what a button added to it."""
        return self.turned({})

    def turned(self, changes: Mapping[str, int]) -> str:
        """This page with other page numbers."""
        kept = {**self.query, **changes}
        query = urlencode({name: value for name, value in kept.items() if name not in NOTICES})
        return quote(self.path) + ("?" + query if query else "")

    def number(self, name: str) -> int:
        """A page number of the query, from 1; 1 where it is none."""
        text = self.query.get(name, "")
        return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 9 else 1


@cache
def _templates() -> Jinja2Templates:
    """The templates, made when a browser first asks: most emulators never show a page."""
    made = Jinja2Templates(directory=FOLDER)
    made.env.trim_blocks = made.env.lstrip_blocks = True
    made.env.filters |= {
        "day": page_times.day,
        "said": page_times.said,
        "iso": times.show,
        "term": page_times.term,
        "counted": page_times.counted,
    }
    made.env.globals |= {"away": page_times.away, "home": HOME, "pages": PAGES}
    return made


@cache
def _style() -> tuple[str, str]:
    """The stylesheet and its hash for the policy that lets the browser use it."""
    text = (FOLDER / "style.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return text, f"'sha256-{digest}'"


def page(look: Look, template: str, context: Mapping[str, Any], status: int = 200) -> Outgoing:
    """A rendered page."""
    style, digest = _style()
    world = look.state.world
    shared = {
        "look": look,
        "now": look.now,
        "world": world,
        "next": page_moments.first(world),
        "faults": len(look.state.rules),
        "style": style,
    }
    text = _templates().get_template(template).render({**shared, **context})
    policy = (
        f"default-src 'none'; style-src {digest}; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
    }
    return Outgoing(status, text.encode("utf-8", "replace"), headers)
