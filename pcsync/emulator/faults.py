"""Refusals: the service's faults by HTTP status and code, and the emulator's own.

Codes are those of error-codes.md. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Sequence


class Fault(Exception):
    """An answer that refuses: HTTP status, the service's code, a text, and details if any."""

    def __init__(
        self,
        status: int,
        code: int | str,
        description: str,
        data: Sequence[str] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(description)
        self.status = status
        self.code = code
        self.description = description
        self.data = tuple(data)
        self.headers = headers or {}

    def body(self) -> dict[str, object]:
        """The JSON body of conventions.md section 8."""
        shown: dict[str, object] = {"code": self.code, "description": self.description}
        if self.data:
            shown["data"] = list(self.data)
        return shown | {"source": "PartnerFD"}


def invalid(description: str) -> Fault:
    """400/3000: a property or parameter that the service does not take."""
    return Fault(400, 3000, description)


def not_understood(name: str, value: object) -> Fault:
    """400/900126: an enum text that the service does not know."""
    return Fault(400, 900126, f"The value {value!r} of {name} is not understood.")


def no_token() -> Fault:
    """401/800001: no bearer token in the request."""
    return Fault(401, 800001, "A partner token is missing.", headers=CHALLENGE)


def bad_token(why: str) -> Fault:
    """401/400: a token that is expired, of another audience, or not from this sign-in."""
    return Fault(401, 400, f"Access denied: {why}.", headers=CHALLENGE)


CHALLENGE = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
