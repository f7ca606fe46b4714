"""What the roles of a partner user allow (conventions.md 2, "Who may use the API").

The pages name roles here and there only; where they are silent, what a role is for decides. Imports
nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import re

from pcsync.emulator.faults import Fault
from pcsync.emulator.tokens import Caller

_ONE = "/v1/customers/[^/]+"
EVERYTHING = re.compile(".*")
SALES = re.compile(
    f"/v1/customers|{_ONE}|{_ONE}/(carts|orders|subscriptions|profiles|agreements)(/.*)?"
)
USERS = re.compile(f"{_ONE}/(users|directoryroles)(/.*)?")
HOOKS = re.compile("/webhooks/v1/.*")

MAY_WRITE = {
    "adminagents": EVERYTHING,
    "global administrator": EVERYTHING,
    "salesagents": SALES,
    "helpdeskagents": USERS,
    "billing administrator": HOOKS,
}
"""Which paths a role may write to; each of these roles may read all."""


def demand(caller: Caller, writes: bool, path: str) -> None:
    """403/900150 for a user whose roles do not cover the call; App-only tokens have none."""
    if caller.user is None:
        return
    held = [MAY_WRITE[role.lower()] for role in caller.roles if role.lower() in MAY_WRITE]
    clean = path.rstrip("/").lower()
    if not any(not writes or allowed.fullmatch(clean) for allowed in held):
        raise Fault(403, 900150, "The role of the user does not have the right to do this.")
