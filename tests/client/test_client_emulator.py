"""The client against the emulator: real sign-in, real sockets, no waiting."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import pytest
import requests

from pcsync.client import (
    App,
    Client,
    Consent,
    EmulatorClock,
    MsalTokens,
    Retry,
    emulator,
    open_session,
    sign_in_http,
)
from pcsync.emulator import load_world, running
from pcsync.errors import ApiError, SignInFailed, WriteRefused

NAMES = ["contoso", "fabrikam", "adatum", "northwind"]
CUSTOMERS = [{"domain": f"{name}.onmicrosoft.com", "companyName": name} for name in NAMES]
USERS = [
    {"refreshToken": "with-mfa", "userPrincipalName": "ana@northwind.onmicrosoft.com"},
    {"refreshToken": "no-mfa", "userPrincipalName": "kai@northwind.onmicrosoft.com", "mfa": False},
]
WORLD = {
    "settings": {"pageSize": 2, "tokenLifetime": "PT1H"},
    "apps": [{"id": "app", "secret": "s3cret", "users": USERS}],
    "customers": CUSTOMERS,
}


@dataclass
class Desk:
    """A client of a running emulator, and its control plane."""

    url: str
    tenant: str
    session: requests.Session
    client: Client
    kept: list[str]

    def control(self, method: str, name: str, body: Any = None) -> Any:
        answer = self.session.request(method, f"{self.url}/_emulator/{name}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    with running(load_world(WORLD)) as started:
        yield started


@pytest.fixture
def make(server: Any) -> Iterator[Any]:
    made: list[Any] = []

    def desk(*, writable: bool = True, secret: str = "s3cret", refresh: str = "with-mfa") -> Desk:
        cloud, kept, numbers = emulator(server.url), [], count()
        control, session = open_session(cloud), open_session(cloud)
        clock, retry = EmulatorClock(server.url, control), Retry(jitter=lambda: 0.0)
        http = sign_in_http(cloud, clock, retry)
        made.extend([control, session, http])
        tenant = server.world.partner.tenant_id
        tokens = MsalTokens(
            cloud, App(tenant, "app", secret), http, clock, consent=Consent(refresh, kept.append)
        )
        client = Client(
            cloud.base_url,
            tokens,
            session,
            writable=writable,
            clock=clock,
            retry=retry,
            new_id=lambda: str(uuid5(UUID(int=0), str(next(numbers)))),
            timeout=10.0,
        )
        return Desk(server.url, tenant, control, client, kept)

    made_desk = desk()
    made_desk.control("POST", "reset")
    made_desk.control("DELETE", "faults")
    made_desk.control("DELETE", "calls")
    yield desk
    for each in made:
        each.close()


def names(client: Client) -> list[str]:
    bodies = client.pages("/v1/customers?size=2")
    return sorted(
        item["companyProfile"]["companyName"] for body in bodies for item in body["items"]
    )


def test_sign_in_and_all_pages(make: Any) -> None:
    desk = make()
    assert names(desk.client) == sorted(NAMES)
    assert desk.client.reads.answered >= 2
    assert desk.client.writes.sent == 0


def test_the_service_time_is_the_emulators(make: Any) -> None:
    desk = make()
    now = EmulatorClock(desk.url, desk.session).now()
    names(desk.client)
    found = desk.client.service_time()
    assert found is not None
    assert abs((found - now).total_seconds()) < 2


def test_user_calls_keep_the_rotated_refresh_token(make: Any, server: Any) -> None:
    desk = make()
    customer = next(iter(server.world.customers))
    path = f"/v1/customers/{customer}/users"
    assert desk.client.send("GET", path, user=True).status == 200
    assert len(desk.kept) == 1
    assert desk.kept[0] != "with-mfa"


def test_throttling_moves_the_clock_instead_of_waiting(make: Any) -> None:
    desk = make()
    clock = EmulatorClock(desk.url, desk.session)
    fault = {"path": "/v1/customers*", "status": 429, "headers": {"Retry-After": "57"}, "times": 2}
    desk.control("POST", "faults", fault)
    before = clock.now()
    assert names(desk.client) == sorted(NAMES)
    assert (clock.now() - before).total_seconds() == pytest.approx(57 + 57.5, abs=1)


def test_a_token_that_ended_is_renewed_on_the_way(make: Any) -> None:
    desk = make()
    names(desk.client)
    EmulatorClock(desk.url, desk.session).sleep(2 * 3600.0)  # behind the client's back
    assert names(desk.client) == sorted(NAMES)


def test_a_lost_answer_is_found_again_by_its_request_id(make: Any, server: Any) -> None:
    desk = make()
    customer = next(iter(server.world.customers))
    path = f"/v1/customers/{customer}/users"
    body = {
        "usageLocation": "US",
        "userPrincipalName": f"zoe@{server.world.customers[customer].domain}",
        "displayName": "Zoe",
        "firstName": "Zoe",
        "lastName": "Example",
        "passwordProfile": {"password": "Hunter2-Hunter2!", "forceChangePassword": True},
    }
    fault = {"path": f"{path}*", "method": "POST", "cut": "after"}
    desk.control("POST", "faults", fault)
    made = desk.client.send("POST", path, body, user=True, request_id=str(UUID(int=7)))
    assert made.status == 201
    assert desk.client.writes.sent == 2
    assert desk.client.send("GET", f"{path}/{made.body['id']}", user=True).status == 200


def test_se1_a_reading_client_sends_no_write_over_the_socket(make: Any, server: Any) -> None:
    desk = make(writable=False)
    names(desk.client)
    customer = next(iter(server.world.customers))
    with pytest.raises(WriteRefused):
        desk.client.send("DELETE", f"/v1/customers/{customer}")
    assert "DELETE" not in str(desk.control("GET", "calls"))


def test_missing_mfa_stops_user_calls_only(make: Any, server: Any) -> None:
    desk = make(refresh="no-mfa")
    path = f"/v1/customers/{next(iter(server.world.customers))}/users"
    with pytest.raises(ApiError) as caught:
        desk.client.send("GET", path, user=True)
    assert caught.value.code == "900421"
    with pytest.raises(SignInFailed):
        desk.client.send("GET", path, user=True)
    assert names(desk.client) == sorted(NAMES)


def test_a_wrong_secret_says_so(make: Any) -> None:
    with pytest.raises(SignInFailed) as caught:
        names(make(secret="wrong-s3cret").client)
    assert "secret" in caught.value.advice
    assert "wrong-s3cret" not in str(caught.value)


def test_what_is_not_there_is_an_error_with_advice(make: Any) -> None:
    with pytest.raises(ApiError) as caught:
        make().client.send("GET", f"/v1/customers/{UUID(int=9)}")
    assert caught.value.status in {403, 404}
    assert caught.value.advice


def test_many_threads_over_sockets(make: Any) -> None:
    desk = make()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: names(desk.client), range(24)))
    assert found == [sorted(NAMES)] * 24
