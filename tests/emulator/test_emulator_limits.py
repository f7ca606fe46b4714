"""Request limits: conventions.md 9."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.emulator import WorldError, load_world

from .wire import CONTOSO, Wire

OTHER = "44444444-4444-4444-8444-444444444444"


def customers() -> list[dict[str, Any]]:
    return [
        {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "azure": True},
        {"id": OTHER, "domain": "fabrikam.onmicrosoft.com", "azure": True},
    ]


def limited(pc: Wire, **figures: int) -> None:
    pc.seed(settings={"limits": figures}, customers=customers())


def test_no_limits_unless_the_world_has_some(pc: Wire) -> None:
    assert pc.control("GET", "limits").json() == []
    assert {pc.send("GET", "/v1/customers").status_code for _ in range(510)} == {200}


def test_the_documented_limit_is_500_a_minute_for_the_partner(pc: Wire) -> None:
    pc.seed(settings={"limits": "documented"}, customers=customers())
    paths = ["/v1/customers", pc.at, f"{pc.at}/orders", f"/v1/customers/{OTHER}/subscriptions"]
    passed = [pc.send("GET", paths[n % 4]).status_code for n in range(500)]
    assert set(passed) == {200}
    refused = pc.send("GET", pc.at)
    assert refused.status_code == 429
    assert pc.send("GET", f"{pc.at}/usagebudget").status_code == 200


def test_the_refusal_has_the_documented_body_and_names_the_seconds(pc: Wire) -> None:
    limited(pc, partnerPerMinute=2)
    assert [pc.send("GET", pc.at).status_code for _ in range(2)] == [200, 200]
    answer = pc.send("GET", pc.at)
    text = "Rate limit is exceeded. Try again in 60 seconds."
    assert (answer.status_code, answer.json()) == (429, {"statusCode": 429, "message": text})
    assert answer.headers["Retry-After"] == "60"


def test_refused_calls_count_so_that_asking_early_makes_the_wait_longer(pc: Wire) -> None:
    limited(pc, partnerPerMinute=60)
    for _ in range(60):
        pc.get(pc.at)
    waits = [int(pc.send("GET", pc.at).headers["Retry-After"]) for _ in range(3)]
    assert waits == [2, 3, 4]
    pc.advance("PT3S")
    pc.token("user")
    assert pc.send("GET", pc.at).status_code == 429
    pc.advance("PT5S")
    assert pc.send("GET", pc.at).status_code == 200


def test_the_wait_that_is_named_is_enough(pc: Wire) -> None:
    limited(pc, partnerPerMinute=7)
    for _ in range(7):
        pc.get(pc.at)
    for _ in range(5):
        wait = pc.send("GET", pc.at).headers["Retry-After"]
        pc.control("POST", "clock", {"sleep": int(wait)})
        assert pc.send("GET", pc.at).status_code == 200


def test_a_customers_limit_leaves_the_other_customers_alone(pc: Wire) -> None:
    limited(pc, customerPerMinute=3)
    at, other = f"{pc.at}/usagebudget", f"/v1/customers/{OTHER}/usagebudget"
    assert [pc.send("GET", at).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [pc.send("GET", other).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert pc.send("GET", "/v1/customers").status_code == 200


def test_a_refused_write_has_no_effect_and_its_id_can_be_used_again(pc: Wire) -> None:
    limited(pc, customerPerMinute=1)
    sent = {"MS-RequestId": "8d8c1c0e-0000-4000-8000-000000000001"}
    pc.get(pc.at)
    path = f"{pc.at}/usagebudget"
    assert pc.send("PATCH", path, {"amount": 5}, headers=sent).status_code == 429
    (customer, _) = pc.control("GET", "world").json()["customers"]
    assert customer["budget"] is None
    pc.advance("PT5M")
    assert pc.send("PATCH", path, {"amount": 5}, headers=sent).json()["amount"] == 5


def test_every_refusal_is_in_the_list_of_calls(pc: Wire) -> None:
    limited(pc, partnerPerMinute=1)
    pc.get(pc.at)
    pc.send("GET", pc.at)
    assert [(row["status"], row["limit"]) for row in pc.calls()] == [
        (200, None),
        (429, "partner per minute"),
    ]


def test_other_writers_and_refused_tokens_use_nothing_up(pc: Wire) -> None:
    limited(pc, partnerPerMinute=1)
    for _ in range(3):
        assert pc.send("GET", pc.at, headers={"X-Emulator-Unseen": "true"}).status_code == 200
        assert pc.send("GET", pc.at, token=None).status_code == 401
    assert pc.send("GET", pc.at).status_code == 200


def test_limits_can_be_switched_while_it_runs(pc: Wire) -> None:
    pc.contoso()
    shown = pc.control("POST", "limits", {"limits": {"customerPerMinute": 2}}).json()
    assert shown == [
        {"name": "customer per minute", "most": 2, "seconds": 60, "per": "customer", "left": {}}
    ]
    codes = [pc.send("GET", pc.at).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert pc.control("GET", "limits").json()[0]["left"] == {CONTOSO: -1}
    assert pc.control("POST", "limits", {"limits": "off"}).json() == []
    assert pc.send("GET", pc.at).status_code == 200
    names = [row["name"] for row in pc.control("POST", "limits", {"limits": "documented"}).json()]
    assert names == [
        "customers, orders and subscriptions",
        "new migrations",
        "validated migrations",
        "application consents",
        "webhook validation events",
    ]


@pytest.mark.parametrize(
    "limits", ["some", {}, {"perMinute": 5}, {"partnerPerMinute": 0}, {"partnerPerMinute": "5"}, 7]
)
def test_nonsense_is_refused(pc: Wire, limits: Any) -> None:
    assert pc.control("POST", "limits", {"limits": limits}).status_code == 400
    with pytest.raises(WorldError, match=r"world\.settings\.limits"):
        load_world({"settings": {"limits": limits}})


def test_the_word_limits_is_needed(pc: Wire) -> None:
    assert pc.control("POST", "limits", {}).status_code == 400
