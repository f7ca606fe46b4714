"""Stepping into traps 18 to 34 of commerce.md 21, in the world of worlds/traps.yaml."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pcsync.emulator import load_world, running

from .subscribed import CANCEL, EXTEND, code, instructions
from .wire import PREMIUM, Wire

WORLD = Path(__file__).parents[2] / "worlds" / "traps.yaml"
SECURITY, SERVER, MACHINE = "CFQ7TTC0ADD1:0001", "DG7GMGF0D5RK:0001", "DZH318Z0BQ3P:0039"
THREE_YEARS = "CFQ7TTC0P3Y1:0001"
OFFER = "2a1d7c4e-0b53-4c3f-8a69-5d3e1f7b9c01"
DAY_AFTER = "2026-12-01T08:00:00Z"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that begins with the world of the traps."""
    with running(load_world(WORLD)) as emulator:
        yield emulator.url


def guid(trap: int, last: str = "0") -> str:
    """An id of the world: the number of the trap in front, one digit at the end."""
    return f"{trap:08}-0021-4000-8000-{last:>012}"


def enter(pc: Wire, trap: int) -> str:
    """Let the wire be about the customer of this trap; the path of its subscriptions."""
    pc.at = f"/v1/customers/{guid(trap)}"
    return f"{pc.at}/subscriptions"


def listed(pc: Wire) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pc.get(f"{pc.at}/subscriptions")["items"]
    return rows


def clock(pc: Wire, moment: str) -> None:
    assert pc.control("POST", "clock", {"now": moment}).status_code == 200
    pc.tokens.clear()


def slowly(pc: Wire) -> None:
    """The same world, in which a transition to another product takes its time."""
    members = dict(load_world(WORLD).source)
    settings = {**members.pop("settings"), "transitionTime": "PT36M"}
    pc.seed(**members, settings=settings)


def upgrade(pc: Wire, quantity: int) -> Any:
    """Move seats of the first subscription to Business Premium."""
    body = {
        "toCatalogItemId": pc.item(PREMIUM),
        "quantity": quantity,
        "transitionType": "transition_only",
    }
    path = f"{pc.at}/subscriptions/{pc.subscription()['id']}/transitions"
    return pc.send("POST", path, body)


def order(pc: Wire, item: str, cycle: str = "one_time", **more: Any) -> dict[str, Any]:
    """A direct order of one line, provisioned."""
    line = {"lineItemNumber": 0, "offerId": item, "quantity": 1, **more}
    body = {"partnerOnRecordAttestationAccepted": True, "lineItems": [line]}
    answer = pc.send("POST", f"{pc.at}/orders", body | {"billingCycle": cycle})
    assert answer.status_code == 201, answer.text
    pc.advance("PT1H")
    made: dict[str, Any] = answer.json()
    return made


def test_trap_18_add_ons_have_no_link(pc: Wire) -> None:
    """Nothing ties a new-commerce add-on to its base: cancel the base alone and the add-on goes on
    being billed (commerce.md 21 trap 18)."""
    enter(pc, 18)
    addon = pc.subscription(1)
    assert addon["offerId"].startswith(SECURITY)
    assert "parentSubscriptionId" not in addon
    assert pc.edit(0, status="deleted").json()["status"] == "deleted"
    assert [row["status"] for row in listed(pc)[:2]] == ["deleted", "active"]
    cart = pc.cart(pc.line(SECURITY))
    assert cart["lineItems"][0]["error"]["errorCode"] == 400041


def test_trap_19_base_comes_before_its_add_ons(pc: Wire) -> None:
    """Suspending a legacy base takes the add-on down unasked; resumed, it must come after the base,
    and by itself it doesn't come (commerce.md 21 trap 19)."""
    enter(pc, 18)
    assert pc.subscription(3)["parentSubscriptionId"] == guid(19, "a")
    assert pc.edit(2, status="suspended").status_code == 200
    assert pc.subscription(3)["status"] == "suspended"
    assert code(pc.edit(3, status="active")) == (409, 27009)
    assert pc.edit(2, status="active").status_code == 200
    assert pc.subscription(3)["status"] == "suspended"
    assert pc.edit(3, status="active").json()["status"] == "active"


def test_trap_20_no_shorter_term_in_mid_term(pc: Wire) -> None:
    """A year can't become a month now; it can be scheduled for the next term
    (commerce.md 21 trap 20)."""
    enter(pc, 20)
    before = pc.subscription()
    assert code(pc.edit(termDuration="P1M", billingCycle="monthly")) == (400, 800122)
    assert pc.subscription() == before
    wish = instructions(pc, termDuration="P1M", quantity=10)
    assert pc.edit(scheduledNextTermInstructions=wish).status_code == 200
    row = pc.subscription()
    assert row["termDuration"] == "P1Y"
    assert row["scheduledNextTermInstructions"]["product"]["termDuration"] == "P1M"


def test_trap_21_only_three_years_change_frequency(pc: Wire) -> None:
    """Billed monthly, a year stays so until its renewal; three years can be billed annually from
    the next charge on (commerce.md 21 trap 21)."""
    enter(pc, 20)
    yearly = instructions(pc, billingCycle="Annual")
    assert code(pc.edit(billingCycle="annual")) == (400, 800097)
    assert code(pc.edit(nextChargeInstructions=yearly)) == (400, 800097)
    assert pc.edit(scheduledNextTermInstructions=yearly).status_code == 200
    wish = instructions(pc, THREE_YEARS, termDuration="P3Y", billingCycle="annual", quantity=10)
    before = pc.edit(1, nextChargeInstructions=wish).json()
    pc.advance("P9D")
    after = pc.subscription(1)
    assert (before["billingCycle"], after["billingCycle"]) == ("monthly", "annual")
    assert after["commitmentEndDate"] == before["commitmentEndDate"]


def test_trap_22_a_partial_upgrade_makes_a_child(pc: Wire) -> None:
    """An upgrade runs for a while, blocks the source, and some seats of ten become a subscription
    of its own, which can be neither cancelled nor moved back (commerce.md 21 trap 22)."""
    path = enter(pc, 22)
    slowly(pc)
    answer = upgrade(pc, 4).json()
    assert answer["events"][0]["status"] == "Started"
    assert len(listed(pc)) == 1
    assert code(upgrade(pc, 4)) == (409, 900278)
    pc.advance("PT1H")
    source, child = pc.subscription(0), pc.subscription(1)
    assert (source["quantity"], child["quantity"]) == (6, 4)
    assert child["offerId"].startswith(PREMIUM)
    assert code(pc.edit(1, status="deleted")) == (400, 900117)
    targets = pc.get(f"{path}/{child['id']}/transitionEligibilities")["items"]
    assert "Microsoft 365 Business Basic" not in {row["title"] for row in targets}


def test_trap_23_writes_fail_while_a_renewal_runs(pc: Wire) -> None:
    """On the day after the last one the renewal is queued and what it reads can't be changed; later
    it can (commerce.md 21 trap 23)."""
    enter(pc, 23)
    clock(pc, DAY_AFTER)
    assert pc.subscription()["commitmentEndDate"] == "2026-11-30T00:00:00Z"
    assert code(pc.edit(autoRenewEnabled=False)) == (409, 800082)
    assert code(pc.edit(status="suspended")) == (409, 800082)
    clock(pc, "2026-12-02T00:00:00Z")
    assert pc.subscription()["commitmentEndDate"] == "2027-11-30T00:00:00Z"
    assert pc.edit(autoRenewEnabled=False).status_code == 200


def test_trap_24_dead_rows_stay_listed(pc: Wire) -> None:
    """What has ended is listed still, takes no change and doesn't come back; buying instead makes
    a fourth row beside them (commerce.md 21 trap 24)."""
    enter(pc, 24)
    assert [row["status"] for row in listed(pc)] == ["expired", "disabled", "deleted"]
    refused = [code(pc.edit(number, status="active")) for number in range(3)]
    assert refused == [(400, 900277), (400, 900279), (400, 2011)]
    renamed = [code(pc.edit(number, friendlyName="x")) for number in range(3)]
    assert renamed == refused
    pc.buy(pc.line())
    pc.advance("PT1H")
    rows = [row["status"] for row in listed(pc)]
    assert rows == ["expired", "disabled", "deleted", "active"]


def test_trap_25_without_renewal_it_is_paid_by_the_month(pc: Wire) -> None:
    """Auto-renew off alone leads into a paid term by an action that no person wrote; it ends with
    the term only with the action Cancel in the same PATCH (commerce.md 21 trap 25)."""
    enter(pc, 23)
    pc.edit(autoRenewEnabled=False)
    pc.advance("P1D")
    assert pc.subscription()["scheduledActions"] == [EXTEND]
    clock(pc, "2026-12-02T00:00:00Z")
    row = pc.subscription()
    assert (row["status"], row["termDuration"]) == ("active", "P1M")
    assert ":E002:" in row["offerId"]
    pc.control("POST", "reset")
    pc.tokens.clear()
    assert pc.edit(autoRenewEnabled=False, scheduledActions=[CANCEL]).status_code == 200
    clock(pc, "2026-12-02T00:00:00Z")
    assert pc.subscription()["status"] == "deleted"


def test_trap_26_refused_calls_count(pc: Wire) -> None:
    """Asking again too early makes the wait longer, for every customer of the partner
    (commerce.md 21 trap 26)."""
    enter(pc, 26)
    pc.control("POST", "limits", {"limits": {"partnerPerMinute": 60}})
    for _ in range(60):
        pc.get(pc.at)
    answers = [pc.send("GET", pc.at) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {429}
    waits = [int(answer.headers["Retry-After"]) for answer in answers]
    assert waits == sorted(set(waits))
    enter(pc, 20)
    assert pc.send("GET", pc.at).status_code == 429
    pc.control("POST", "limits", {"limits": "off"})


def test_trap_27_a_missing_reseller_does_not_fail(pc: Wire) -> None:
    """An indirect purchase that names no reseller goes through; named later on the subscription,
    the order is still without (commerce.md 21 trap 27)."""
    path = enter(pc, 27)
    assert pc.buy(pc.line())["orderErrors"] == []
    named = pc.line(participants=[{"key": "transaction_reseller", "value": "4847383"}])
    assert pc.buy(named)["orderErrors"] == []
    pc.advance("PT1H")
    assert [pc.subscription(number)["partnerId"] for number in range(2)] == ["", "4847383"]
    assert len(pc.get(f"{path}?mpn_id=4847383")["items"]) == 1
    assert pc.edit(0, partnerId="4847383").json()["partnerId"] == "4847383"
    orders = pc.get(f"{pc.at}/orders")["items"]
    assert [row["lineItems"][0].get("partnerIdOnRecord") for row in orders] == [None, "4847383"]


def test_trap_28_billing_cycles_live_on_different_resources(pc: Wire) -> None:
    """Legacy changes its billing cycle on the order and never on the subscription, new commerce
    never on the order (commerce.md 21 trap 28)."""
    enter(pc, 28)
    body = {"billingCycle": "annual"}
    legacy = f"{pc.at}/orders/{order(pc, OFFER, 'monthly')['id']}"
    assert code(pc.edit(3, **body)) == (400, 2054)
    assert pc.send("PATCH", legacy, body).json()["billingCycle"] == "annual"
    assert pc.subscription(3)["billingCycle"] == "annual"
    seeded = f"{pc.at}/orders/{pc.subscription(1)['orderId']}"
    assert pc.send("PATCH", seeded, body).json()["billingCycle"] == "annual"
    new = f"{pc.at}/orders/{pc.subscription(2)['orderId']}"
    assert pc.refused("PATCH", new, body) == (400, 800085)


def test_trap_28_ends_live_on_different_resources(pc: Wire) -> None:
    """Software is cancelled on its order, new commerce on the subscription, legacy not at all, a
    reservation not here (commerce.md 21 trap 28)."""
    path = enter(pc, 28)
    body = {"status": "cancelled"}
    new = f"{pc.at}/orders/{pc.subscription(2)['orderId']}"
    assert pc.refused("PATCH", new, body) == (400, 800063)
    assert pc.edit(2, status="deleted").json()["status"] == "deleted"
    assert code(pc.edit(1, status="deleted")) == (400, 800040)
    software = f"{pc.at}/orders/{order(pc, pc.item(SERVER))['id']}"
    assert pc.send("PATCH", software, body).json()["status"] == "cancelled"
    azure = guid(28, "a")
    pc.send("POST", f"{path}/{azure}/registrations")
    pc.advance("PT1H")
    context = {"scope": "shared", "subscriptionId": azure, "duration": "1Year"}
    bought = order(pc, pc.item(MACHINE), termDuration="P1Y", provisioningContext=context)
    assert pc.refused("PATCH", f"{pc.at}/orders/{bought['id']}", body) == (403, 800019)


def test_trap_29_etags_are_for_legacy_only(pc: Wire) -> None:
    """A stale legacy body is refused; a stale new-commerce one silently undoes what somebody else
    wrote meanwhile (commerce.md 21 trap 29)."""
    enter(pc, 28)
    legacy, new = pc.subscription(1), pc.subscription(2)
    assert pc.edit(1, friendlyName="theirs").status_code == 200
    assert code(pc.patch({**legacy, "friendlyName": "mine"}, 1)) == (400, 2055)
    assert "etag" not in new["attributes"]
    assert pc.edit(2, quantity=12, friendlyName="theirs").json()["quantity"] == 12
    pc.advance("PT1H")
    assert pc.patch(new, 2).status_code == 200
    row = pc.subscription(2)
    assert (row["quantity"], row["friendlyName"]) == (10, "new")


def test_trap_30_a_migration_gives_a_new_id(pc: Wire) -> None:
    """A moved subscription has another id that names the old one; the old one, suspended, can't be
    reactivated (commerce.md 21 trap 30)."""
    enter(pc, 30)
    old = guid(30, "a")
    path = f"{pc.at}/migrations/newcommerce"
    made = pc.send("POST", path, {"currentSubscriptionId": old}).json()
    assert made["status"] == "Processing"
    pc.advance("PT7H")
    assert pc.get(f"{path}/{made['id']}")["status"] == "Completed"
    before, after = pc.subscription(0), pc.subscription(1)
    assert (before["id"], before["status"]) == (old, "suspended")
    assert (after["migratedFromSubscriptionId"], after["status"]) == (old, "active")
    assert after["id"] != old
    assert code(pc.edit(0, status="active")) == (400, 800040)


def test_trap_31_a_transfer_takes_rows_away(pc: Wire) -> None:
    """What another partner takes over has ended here though nobody cancelled it; the transfer
    tells why (commerce.md 21 trap 31)."""
    enter(pc, 31)
    wanted = guid(31, "a")
    path = f"{pc.at}/transfers/{guid(31, 'c')}"
    assert code(pc.edit(status="deleted")) == (400, 900117)
    lines = {"lineItems": [{"subscriptionId": wanted}]}
    assert pc.send("PATCH", path, lines).status_code == 200
    assert pc.subscription()["status"] == "active"
    assert pc.send("POST", path + "/accept").status_code == 200
    assert [row["status"] for row in listed(pc)] == ["deleted"]
    found = pc.get(path)
    assert found["status"] == "Complete"
    assert [row["subscriptionId"] for row in found["lineItems"]] == [wanted]


def test_trap_32_updates_are_counted_for_life(pc: Wire) -> None:
    """The 1,200th change is the last, and one that changes nothing counts too; time doesn't bring
    any back (commerce.md 21 trap 32)."""
    enter(pc, 26)
    assert pc.edit().status_code == 200
    assert code(pc.edit(friendlyName="one more")) == (400, 900311)
    pc.advance("P30D")
    assert code(pc.edit(quantity=11)) == (400, 900311)


def test_trap_33_words_and_ids_have_several_forms(pc: Wire) -> None:
    """Ids and words are taken in any case and come back in the service's own, cycles with or
    without an underscore, no partner as an empty text (commerce.md 21 trap 33)."""
    path = enter(pc, 33)
    row = pc.subscription()
    assert pc.get(f"{path}/{row['id'].upper()}") == row
    assert (row["partnerId"], row["renewalTermDuration"]) == ("", "")
    loud = {"status": "Active", "billingCycle": "Monthly", "termDuration": "p1y"}
    assert pc.patch({**row, **loud, "partnerId": None}).status_code == 200
    assert pc.subscription() == row
    for cycle in ("OneTime", "one_time", "onetime"):
        line = pc.line(SERVER, quantity=1, billingCycle=cycle, termDuration="")
        (found,) = pc.cart(line)["lineItems"]
        assert "error" not in found


def test_trap_34_dates_have_several_forms(pc: Wire) -> None:
    """Some moments have a fraction and some don't; what is sent may have no zone, another zone or
    only a day, and means the same day (commerce.md 21 trap 34)."""
    enter(pc, 33)
    row = pc.subscription()
    assert row["creationDate"] == "2026-06-01T12:00:00.250000Z"
    assert row["commitmentEndDate"] == "2027-05-31T00:00:00Z"
    assert row["commitmentEndDateTime"] == "2027-05-31T23:59:59Z"
    forms = ("2027-06-30", "2027-06-30T00:00:00", "2027-06-30T02:00:00+02:00")
    for form in (*forms, "2027-06-30T00:00:00.0000000Z"):
        wish = {**instructions(pc), "customTermEndDate": form}
        answer = pc.edit(scheduledNextTermInstructions=wish)
        assert answer.status_code == 200, answer.text
    clock(pc, "2027-06-02T00:00:00Z")
    assert pc.subscription()["commitmentEndDate"] == "2027-06-30T00:00:00Z"
