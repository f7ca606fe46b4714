"""The emulator's time, and that the same seed and calls give the same bytes."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from pcsync.emulator import load_world, running

from .wire import CONTOSO, PREMIUM, RESOURCE, TENANT, Wire


def test_waiting_until_a_moment(pc: Wire) -> None:
    moment = "2026-12-01T00:00:00Z"
    assert pc.control("POST", "clock", {"until": moment}).json() == {"now": moment}
    assert pc.control("POST", "clock", {"until": "2026-11-30T00:00:00Z"}).json() == {"now": moment}
    assert pc.send("GET", "/v1/customers").headers["Date"] == "Tue, 01 Dec 2026 00:00:00 GMT"


def test_the_clock_stands_still_unless_told_to_run(pc: Wire) -> None:
    first = pc.control("GET", "clock").json()
    time.sleep(0.05)
    assert pc.control("GET", "clock").json() == first
    assert pc.control("POST", "clock", {"speed": 100_000}).json()["speed"] == 100_000
    time.sleep(0.05)
    running_on = pc.control("GET", "clock").json()["now"]
    assert running_on > "2026-11-22T10:00:00Z"
    stopped = pc.control("POST", "clock", {"speed": 0}).json()
    assert stopped["now"] >= running_on
    assert "speed" not in stopped
    assert pc.control("GET", "clock").json() == stopped


def test_a_slow_clock(pc: Wire) -> None:
    pc.control("POST", "clock", {"speed": 0.001})
    time.sleep(0.05)
    now = pc.control("GET", "clock").json()["now"]
    assert "2026-11-22T09:00:00" <= now < "2026-11-22T09:00:01"


def test_what_falls_due_happens_while_the_clock_runs(pc: Wire) -> None:
    pc.contoso({"provisioning": "PT1H"}, subscriptions=[{"product": PREMIUM, "quantity": 5}])
    assert pc.edit(quantity=9).status_code == 200
    assert pc.seats()["SPB"]["totalUnits"] == 5
    pc.control("POST", "clock", {"speed": 1_000_000})
    time.sleep(0.05)
    pc.control("POST", "clock", {"speed": 0})
    pc.tokens.clear()
    assert pc.seats()["SPB"]["totalUnits"] == 9


@pytest.mark.parametrize(
    "move",
    [
        {"speed": -1},
        {"speed": "fast"},
        {"speed": 1e9},
        {"until": "later"},
        {"until": 5},
        {"advance": "PT1M", "speed": 2},
        {"advance": None},
    ],
)
def test_nonsense_is_refused(pc: Wire, move: dict[str, Any]) -> None:
    assert pc.control("POST", "clock", move).status_code == 400
    assert pc.control("GET", "clock").json() == {"now": "2026-11-22T09:00:00Z"}


class Recorder(Wire):
    """Every answer as bytes; the emulator is named alike wherever it listens."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.session.headers["Host"] = "emulator.example"
        self.seen: list[tuple[int, bytes, list[tuple[str, str]]]] = []
        self.session.hooks["response"].append(self._keep)

    def _keep(self, answer: requests.Response, **words: Any) -> None:
        headers = sorted(answer.headers.items())
        self.seen.append((answer.status_code, answer.content, headers))


def story(pc: Wire) -> None:
    """Sign-ins, reads, a purchase, changes, faults and time: all that makes ids and dates."""
    ids = (f"00000000-0000-4000-8000-{number:012d}" for number in range(1, 100))
    named = {"scope": f"{RESOURCE}/.default openid", "client_secret": "emulator"}
    pc.session.get(f"{pc.url}/{TENANT}/v2.0/.well-known/openid-configuration")
    pc.session.get(f"{pc.url}/{TENANT}/discovery/v2.0/keys")
    pc.sign_in({**named, "grant_type": "refresh_token", "refresh_token": "emulator-user"})
    pc.sign_in({**named, "client_secret": "wrong", "grant_type": "client_credentials"})
    device = f"{pc.url}/{TENANT}/oauth2/v2.0/devicecode"
    pc.session.post(device, data={"client_id": "pcsync"})
    pc.control("POST", "faults", {"probability": 0.4, "method": "GET", "status": 503})
    for _ in range(10):
        pc.send("GET", "/v1/customers")
    pc.control("DELETE", "faults")
    line = pc.line()
    cart = {"lineItems": [line], "partnerOnRecordAttestationAccepted": True}
    made = pc.send("POST", f"{pc.at}/carts", cart, headers={"MS-RequestId": next(ids)}).json()
    checkout = f"{pc.at}/carts/{made['id']}/checkout"
    pc.send("POST", checkout, headers={"MS-RequestId": next(ids)})
    pc.control("POST", "clock", {"advance": "P400D"})
    pc.tokens.clear()
    pc.get(f"{pc.at}/subscriptions")
    pc.get(f"{pc.at}/orders")
    pc.get("/v1/auditrecords")
    pc.send("GET", "/v1/nothing")
    pc.control("GET", "world")


def recorded(seed: int) -> list[Any]:
    customer = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "country": "DE"}
    with running(load_world({"seed": seed, "customers": [customer]})) as emulator:
        pc = Recorder(emulator.url)
        story(pc)
        pc.session.close()
        return pc.seen


def test_the_same_seed_and_calls_give_the_same_bytes() -> None:
    first, second = recorded(1), recorded(1)
    assert len(first) > 25
    assert first == second


def test_another_seed_gives_other_ids() -> None:
    first, other = recorded(1), recorded(3)
    assert first != other
