"""One request to the sign-in service, its refusals in Entra's shape, and what a grant answers.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.emulator import times
from pcsync.emulator.call import Answer
from pcsync.emulator.world import World

ANY_TENANT = ("common", "organizations")


class Refused(Exception):
    """An OAuth error with the number of Microsoft Entra's text."""

    def __init__(self, error: str, number: int, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status, self.error, self.number, self.text = status, error, number, text

    def answer(self, world: World) -> Answer:
        """The error as JSON: description with ids and time, `error_codes`, ids on their own."""
        trace, correlation = world.ids.guid("trace"), world.ids.guid("sign-in correlation")
        moment = times.show(world.clock.now().replace(microsecond=0)).replace("T", " ")
        told = f"Trace ID: {trace} Correlation ID: {correlation} Timestamp: {moment}"
        body: dict[str, Any] = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.text} {told}",
            "error_codes": [self.number],
            "timestamp": moment,
            "trace_id": trace,
            "correlation_id": correlation,
        }
        return Answer(self.status, body)


def bad_client(number: int, text: str) -> Refused:
    """401: the app did not prove that it is the one."""
    return Refused("invalid_client", number, text, status=401)


def bad_grant(number: int, text: str) -> Refused:
    """400: what should stand for the user's consent does not."""
    return Refused("invalid_grant", number, text)


@dataclass(frozen=True)
class SignIn:
    """One request to the sign-in service; `form` is its body or, with GET, its query."""

    world: World
    host: str
    tenant: str
    form: Mapping[str, str]
    version: int

    @property
    def authority(self) -> str:
        """The https address of the tenant at this host."""
        return f"https://{self.host}/{self.tenant}"

    def need(self, name: str) -> str:
        """A parameter that has to be there. 400/900144 if it is not."""
        value = self.form.get(name, "")
        if not value:
            text = f"The request body must contain the following parameter: '{name}'."
            raise Refused("invalid_request", 900144, text)
        return value

    def demand_tenant(self, single: bool = False) -> None:
        """400/90002 for a tenant that is not the partner's; `single`: nor may it be any tenant."""
        tenant = self.tenant.lower()
        if tenant != self.world.partner.tenant_id and tenant not in ANY_TENANT:
            raise Refused("invalid_request", 90002, f"Tenant '{self.tenant}' not found.")
        if single and tenant in ANY_TENANT:
            text = "Send an interactive authorization request for this user and resource, or name"
            raise Refused("invalid_request", 50059, f"{text} the tenant: it is not in the request.")
