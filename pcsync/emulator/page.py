"""The page under /_emulator/: a world to look at in a browser, and a clock to move.

It answers `/_emulator/` and everything below `/_emulator/page/`; the control plane keeps the rest.
Read-only but for two forms, which `page_guard` protects. Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from pcsync.emulator import page_actions, page_calls, page_customer, page_list, page_render
from pcsync.emulator.answering import Incoming, Outgoing, Service
from pcsync.emulator.faults import Fault
from pcsync.emulator.page_guard import Guard
from pcsync.emulator.page_render import HOME, PAGES, Look
from pcsync.emulator.page_times import said
from pcsync.emulator.times import parse
from pcsync.emulator.wire import encode

VIEWS = {
    HOME: page_list.view,
    PAGES + "calls": page_calls.calls,
    PAGES + "faults": page_calls.faults,
    PAGES + "customer": page_customer.view,
}
FORMS = {PAGES + "clock": page_actions.move_clock, PAGES + "faults": page_actions.clear_faults}


class Page:
    """The page of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._guard = Guard()

    def answer(self, request: Incoming) -> Outgoing | None:
        """An answer for a browser, or for a foreign page; None if the request is not for here."""
        path = request.path.lower()
        if not (path + "/").startswith(HOME):
            return None
        if request.method not in ("GET", "HEAD") and self._guard.foreign(request.headers):
            return _foreign()
        if path + "/" == HOME:
            return Outgoing(307, headers={"Location": HOME})
        return self._shown(request) if path == HOME or path.startswith(PAGES) else None

    def _shown(self, request: Incoming) -> Outgoing:
        look = Look(self._service, self._guard.token, request.path, dict(request.query))
        try:
            look.control("GET", "clock")
            if request.method == "POST":
                return self._done(look, request)
            return self._seen(look, request)
        except Fault as fault:
            return page_render.page(look, "problem.html", {"problem": fault}, fault.status)

    def _seen(self, look: Look, request: Incoming) -> Outgoing:
        view = VIEWS.get(request.path.lower())
        if view is None:
            raise Fault(404, "emulator-no-page", f"There is no page {request.path}.")
        if request.method not in ("GET", "HEAD"):
            raise Fault(405, "emulator-read-only", "This page can only be looked at.")
        look.notice = _notice(look)
        with look.state.world.reading():
            template, context = view(look)
            return page_render.page(look, template, context)

    def _done(self, look: Look, request: Incoming) -> Outgoing:
        """Do what a form asks and lead back to where the button was."""
        act = FORMS.get(request.path.lower())
        if act is None:
            raise Fault(405, "emulator-read-only", "This page can only be looked at.")
        form = _form(request.raw)
        if not self._guard.knows(form.get("token", "")):
            text = "This form is from before the emulator's start. Go back, reload, press again."
            raise Fault(403, "emulator-old-form", text)
        return Outgoing(303, headers={"Location": act(look, form)})


def _form(raw: bytes) -> Mapping[str, str]:
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True))


def _notice(look: Look) -> str:
    """What the button did that led here."""
    if "cleared" in look.query:
        return "The faults are cleared."
    try:
        was = parse(look.query["was"])
    except (KeyError, ValueError):
        return ""
    return f"The clock moved from {said(was)} to {said(look.now)}."


def _foreign() -> Outgoing:
    text = "Only the emulator's own pages and programs without an Origin may do this."
    fault = Fault(403, "emulator-foreign-origin", text)
    return Outgoing(403, encode(fault.body()), {"Content-Type": "application/json; charset=utf-8"})
