"""Runs `ms-partner-tools` (a small client written by hand, 2022) for a test.

Its own environment, not ours: reads {"url", "token"} from standard input, writes what it read.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from partner_tools.auth.auth_info import AuthInfo
from partner_tools.models.customer import Customer
from partner_tools.partner_tools import PartnerTools


class Given(AuthInfo):
    """A token from outside in place of the client's interactive sign-in."""

    def __init__(self, token: str) -> None:
        super().__init__(enable_cache=False)
        self.token = token

    def _get_token(self) -> str:
        return self.token


def unknown(model: type[Any], raw: dict[str, Any]) -> list[str]:
    """Members of the answer that the client's model leaves out, as Type.member."""
    found = []
    for name, value in raw.items():
        if name not in model.__fields__:
            found.append(f"{model.__name__}.{name}")
        elif isinstance(value, dict):
            found += unknown(model.__fields__[name].type_, value)
    return found


def main() -> None:
    """The customers and the invitation link: all that the client can do and the emulator has."""
    known = json.load(sys.stdin)
    tools = PartnerTools(Given(known["token"]))
    tools._api_client._base = known["url"]
    listed = tools.customer.get_customers()
    raw = tools._api_client.get("customers")["items"]
    result = {
        "customers": [row.companyProfile.companyName for row in listed],
        "invitation": tools.customer.get_relationship_request_url(),
        "unknown": sorted(set(unknown(Customer, raw[0]))),
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
