"""What the demo asks of the emulator: the writes it counted, and a colleague's changes.

Owns the comparison of announced and counted writes, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pcsync.errors import PcsyncError

NAME = re.compile(r"\{([^{}]+)\}")
ANY = "[^/]+"


class Calls:
    """The emulator's own list of what it was asked."""

    def __init__(self, url: str) -> None:
        self._url = url

    def expect(self, patterns: Sequence[str], command: str) -> list[str]:
        """The writes counted since the last look, which must be exactly these. Raises."""
        found = [
            f"{call['method']} {call['path'].partition('?')[0]}"
            for call in self._get("/_emulator/calls")
            if call["write"]
        ]
        self.clear()
        # The most exact pattern first: an id that is new may be any.
        left = sorted(patterns, key=lambda pattern: pattern.count(ANY))
        for write in found:
            match = next((p for p in left if re.fullmatch(p, write)), None)
            if match is None:
                raise PcsyncError(f"{command} sent a write that no plan announced: {write}")
            left.remove(match)
        if left:
            raise PcsyncError(f"{command} did not send {len(left)} announced writes: {left}")
        return found

    def clear(self) -> None:
        """Forgets what was counted."""
        self._send("POST", "/_emulator/calls/clear")

    def customers(self) -> dict[str, str]:
        """The id of each customer by its domain."""
        world = self._get("/_emulator/world")
        return {customer["domain"]: customer["id"] for customer in world["customers"]}

    def _get(self, path: str) -> Any:
        return self._send("GET", path)

    def _send(self, method: str, path: str) -> Any:
        import json
        from urllib.request import ProxyHandler, Request, build_opener

        request = Request(self._url + path, method=method)
        with build_opener(ProxyHandler({})).open(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None


def announced(plan_file: Path, calls: Calls) -> list[str]:
    """The writes of a plan as patterns: ids that were known are exact, new ones any segment."""
    from pcsync.cli.output import load_plan
    from pcsync.model import Await
    from pcsync.plan.build import writes

    plan = load_plan(plan_file)
    known = {f"{address}#id": found for address, found in plan.ids.items()}

    def pattern(path: str) -> str:
        parts = NAME.split(path.partition("?")[0])
        texts = [
            re.escape(part) if number % 2 == 0 else re.escape(known.get(part, "")) or ANY
            for number, part in enumerate(parts)
        ]
        return "".join(texts)

    return [
        f"{step.method} {pattern(step.path)}"
        for step in plan.steps
        if not isinstance(step, Await) and writes(step)
    ]


def behind_gits_back(url: str) -> Iterator[str]:
    """Three changes as a person would make them in the portal; each is described."""
    from pcsync.cli.connect import connect
    from pcsync.cli.settings import load_settings

    ids = Calls(url).customers()
    settings = load_settings(cloud="emulator", emulator_url=url, environment={})
    with connect(settings, writable=True) as connection:
        client = connection.client
        fabrikam = f"/v1/customers/{ids['fabrikam.onmicrosoft.com']}"
        client.send("PATCH", f"{fabrikam}/usagebudget", {"amount": 9000})
        yield "fabrikam: Azure budget 6,500 -> 9,000"
        contoso = f"/v1/customers/{ids['contoso.onmicrosoft.com']}"
        bought = client.send("GET", f"{contoso}/subscriptions").body["items"]
        m365 = next(item for item in bought if item["friendlyName"] == "m365")
        path = f"{contoso}/subscriptions/{m365['id']}"
        client.send("PATCH", path, {**m365, "quantity": m365["quantity"] + 2})
        yield "contoso: two seats of m365 more"
        people = client.send("GET", f"{contoso}/users", user=True).body["items"]
        ben = next(one for one in people if one["userPrincipalName"].startswith("ben.koch"))
        client.send("PATCH", f"{contoso}/users/{ben['id']}", {"displayName": "Ben"}, user=True)
        yield "contoso: Ben Koch is called Ben"
