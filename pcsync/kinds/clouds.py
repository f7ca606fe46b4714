"""What a national cloud lacks (conventions.md section 1): a table, and the finding it leads to.

Owns the table, keyed by method and path, so that whatever a kind reads or writes can be looked up.
Must not import a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from pcsync.model import Finding, Resource, Severity, View

_ONE = r"/v1/customers/[^/?]+"
_USERS = rf"{_ONE}/users(/[^/?]+)?"


class Lack(NamedTuple):
    """Calls that a cloud does not have, and what they would be for."""

    methods: str
    path: str
    what: str


LACKS: dict[str, tuple[Lack, ...]] = {
    "china": (
        Lack("*", rf"{_ONE}/subscribedskus|{_USERS}/(licenses|licenseupdates)", "user licences"),
        Lack("*", rf"{_ONE}/(usagebudget|usagesummary)|/v1/customers/usagerecords", "budgets"),
        Lack("*", r".*/azureEntitlements(/.*)?|azurePlan", "Azure subscriptions"),
        Lack("*", rf"{_ONE}/agreements|/v1/agreements", "customer agreements"),
        Lack("*", r"/v1/auditrecords", "the audit log"),
        Lack("*", r"/v1/servicerequests(/.*)?", "service requests"),
        Lack("PASSWORD", _USERS, "password resets"),
    ),
    "usGovernment": (
        Lack("POST PATCH DELETE", _USERS, "creating and changing users"),
        Lack("POST DELETE", rf"{_ONE}/directoryroles(/.*)?", "changing roles of users"),
        Lack("*", rf"{_ONE}/agreements|/v1/agreements", "customer agreements"),
        Lack("PASSWORD", _USERS, "password resets"),
    ),
}


def lacking(cloud: str, method: str, path: str) -> str | None:
    """What a cloud lacks so that this call can't be made there; None if it can.

    Beside those of HTTP the method ``PASSWORD`` is a change of a user's password, and the path
    ``azurePlan`` stands for the purchase of one.
    """
    bare = path.partition("?")[0]
    for lack in LACKS.get(cloud, ()):
        fits = lack.methods == "*" or method in lack.methods.split()
        if fits and re.fullmatch(lack.path, bare, re.IGNORECASE):
            return lack.what
    return None


def lacks(view: View, needs: Iterable[tuple[str, str]]) -> bool:
    """Whether the view's cloud does not have all of these calls: then nothing is asked either."""
    return any(lacking(view.cloud, *need) for need in needs)


def missing(view: View, want: Resource, needs: Iterable[tuple[str, str]]) -> Finding | None:
    """The error of a manifest whose calls, as (method, path), the view's cloud does not have."""
    for method, path in needs:
        if what := lacking(view.cloud, method, path):
            return Finding(
                Severity.ERROR,
                "cloud-lacks",
                f"the cloud {view.cloud} has no {what}",
                "remove it from the manifest and manage it where that cloud's customers do",
                want.address,
                want.place,
            )
    return None
