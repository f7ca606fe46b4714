"""The commands in this process, in the folder of a desk, against its emulator."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from apply_desk import Desk

from pcsync.cli.main import run

TWO = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: contoso}}
spec:
  domain: contoso.onmicrosoft.com
  budget: {{amount: {contoso}}}
---
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: fabrikam}}
spec:
  domain: fabrikam.onmicrosoft.com
  budget: {{amount: {fabrikam}}}
"""
WORLD = {
    "customers": [
        {"domain": "contoso.onmicrosoft.com", "azure": True, "budget": 100},
        {"domain": "fabrikam.onmicrosoft.com", "azure": True, "budget": 100},
    ]
}


@dataclass
class Shell:
    """`pcsync WORDS` where the manifests are `estate/`."""

    desk: Desk
    patch: pytest.MonkeyPatch
    capture: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    def __post_init__(self) -> None:
        self.patch.chdir(self.desk.folder)
        self.patch.setenv("PCSYNC_CLOUD", "emulator")
        self.patch.setenv("PCSYNC_EMULATOR_URL", self.desk.url)

    def run(self, *words: str) -> int:
        """The exit code; `out` and `err` are what was printed."""
        self.capture.readouterr()
        try:
            return run(words)
        finally:
            self.out, self.err = self.capture.readouterr()

    def json(self, *words: str) -> Any:
        """The document of a command."""
        self.run(*words, "--format", "json")
        return json.loads(self.out)

    def two(self, contoso: int = 250, fabrikam: int = 250) -> None:
        """Two customers with a budget each."""
        self.desk.declare(TWO.format(contoso=contoso, fabrikam=fabrikam))

    def planned(self) -> None:
        """Both budgets are 100; a plan is saved that makes them 250."""
        self.desk.control("POST", "seed", WORLD)
        self.two()
        assert self.run("plan", "estate", "--out", "plan.json") == 0
        assert self.desk.writes() == []

    def other(self, domain: str, amount: int) -> None:
        """Somebody else changes a budget."""
        self.send("PATCH", domain, "usagebudget", {"amount": amount})

    def post(self, domain: str, path: str, body: Any) -> Any:
        """Somebody else makes something at a customer."""
        return self.send("POST", domain, path, body)

    def send(self, method: str, domain: str, path: str, body: Any) -> Any:
        """A request of somebody else."""
        world = self.desk.control("GET", "world")
        (tenant,) = (c["id"] for c in world["customers"] if c["domain"].startswith(domain))
        url = f"{self.desk.url}/v1/customers/{tenant}/{path}"
        answer = self.desk.http.request(method, url, json=body, headers=self.token())
        assert answer.status_code < 300, answer.text
        return answer.json()

    def token(self) -> dict[str, str]:
        """The head of somebody else's requests."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": "emulator-user",
            "client_id": "pcsync",
            "client_secret": "emulator",
            "scope": "https://api.partnercenter.microsoft.com/.default",
        }
        tenant = self.desk.settings.tenant
        answer = self.desk.http.post(f"{self.desk.url}/{tenant}/oauth2/v2.0/token", data=form)
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}
