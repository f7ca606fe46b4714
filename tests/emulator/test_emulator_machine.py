"""Random actions and clock moves on a licence, held against a table typed in from the reference.

The model knows the table (transitions.yaml) and the dates of commerce.md 13.1 and 13.2, nothing of
how the emulator does it.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pcsync.emulator import load_world, times, wire
from pcsync.emulator.availabilities import availability_id
from pcsync.emulator.changes import change
from pcsync.emulator.faults import Fault
from pcsync.emulator.stock import items
from pcsync.emulator.subscription_shapes import show_subscription

PRODUCT = "CFQ7TTC0LF8Q:0001"
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
WINDOW = timedelta(days=7)
TERMS = {"P1M": ("P1M", "monthly"), "P1Y": ("P1Y", "annual"), "P3Y": ("P3Y", "annual")}
LONGER = {"P1M": "P1Y", "P1Y": "P3Y"}
ACTIONS = (
    "rename",
    "seats up",
    "seats down",
    "auto-renew off",
    "auto-renew on",
    "end at term",
    "schedule",
    "longer term",
    "shorter term",
    "suspend",
    "reactivate",
    "cancel",
)
EARLY = 8
CANCEL = {"scheduleType": "TermEnd", "actionType": "Cancel"}


@cache
def table() -> list[dict[str, Any]]:
    rows = yaml.safe_load((Path(__file__).parent / "transitions.yaml").read_text("utf-8"))
    return list(rows)


class Model:
    """What the reference says about one subscription."""

    def __init__(self, contract: str) -> None:
        self.state, self.quantity, self.auto, self.term = "active", 10, True, "P1M"
        self.contract, self.scheduled, self.ending = contract, 0, False
        self.now = self.window_from = NOW
        self.ends = times.midnight(times.add_months(NOW, 1))
        self.batches: list[list[Any]] = [[10, NOW + WINDOW]]

    def refundable(self) -> int:
        return sum(seats for seats, until in self.batches if until > self.now)

    def holds(self, word: str) -> bool:
        if word.startswith("not "):
            return not self.holds(word.removeprefix("not "))
        return {
            "refundable": self.refundable() > 0,
            "renews": self.auto,
            "ending": self.ending,
            "in window": self.now < self.window_from + WINDOW,
            "extended terms": self.contract == "2026-05",
            "longer exists": self.term in LONGER,
            "shorter exists": self.term != "P1M",
        }[word]

    def row(self, action: str) -> dict[str, Any] | None:
        fitting = [
            row
            for row in table()
            if (row["state"], row["action"]) == (self.state, action)
            and all(self.holds(word) for word in row.get("when", []))
        ]
        assert len(fitting) <= 1, fitting
        return fitting[0] if fitting else None

    def follow(self, row: dict[str, Any]) -> None:
        self.state = row["result"]
        for effect in row.get("effects", []):
            getattr(self, effect.replace(" ", "_"))()

    def schedule_gone(self) -> None:
        self.scheduled = 0

    def schedule_set(self) -> None:
        self.scheduled = self.quantity + 2

    def batch_opened(self) -> None:
        self.quantity += 1
        self.batches.append([1, self.now + WINDOW])

    def batch_used(self) -> None:
        self.quantity -= 1
        open_ones = [batch for batch in self.batches if batch[1] > self.now and batch[0]]
        open_ones[-1][0] -= 1

    def auto_off(self) -> None:
        self.auto, self.ending = False, False

    def auto_on(self) -> None:
        self.auto, self.ending = True, False

    def ends_then(self) -> None:
        self.ending = True

    def term_begins(self) -> None:
        self.term = LONGER.get(self.term, self.term)
        months = times.months(self.term)
        self.ends = times.midnight(times.add_months(self.now, months))

    def renewed(self) -> None:
        self.quantity = self.scheduled or self.quantity
        self.scheduled, self.window_from = 0, self.ends
        self.batches = [[self.quantity, self.ends + WINDOW]]
        self.ends = times.add_months(self.ends, times.months(self.term))

    def extended(self) -> None:
        self.auto, self.term, self.batches = False, "P1M", []
        self.window_from = self.ends
        self.ends = times.add_months(self.ends, 1)

    def next_event(self) -> tuple[datetime, str] | None:
        after = timedelta(days=30), timedelta(days=120)
        return {
            "expired": (self.ends + after[0], "30 DAYS AFTER"),
            "disabled": (self.ends + after[1], "120 DAYS AFTER"),
            "deleted": None,
        }.get(self.state, (self.ends, "TERM ENDS"))

    def wait(self, until: datetime) -> None:
        while (event := self.next_event()) is not None and event[0] <= until:
            self.now, action = event
            row = self.row(action)
            assert row is not None, (self.state, action)
            self.follow(row)
        self.now = until


class Licence(RuleBasedStateMachine):
    """One subscription of the emulator beside the model."""

    @initialize(contract=st.sampled_from(["2026-05", "2023-10"]), auto=st.booleans())
    def begin(self, contract: str, auto: bool) -> None:
        bought = times.show(NOW)
        pair = {"termDuration": "P1M", "billingCycle": "monthly"}
        row: dict[str, Any] = {"product": PRODUCT, "quantity": 10, "creationDate": bought, **pair}
        row["autoRenewEnabled"] = auto
        customer = {"domain": "contoso.onmicrosoft.com", "subscriptions": [row]}
        members = {"settings": {"contract": contract}, "customers": [customer]}
        self.world = load_world({"now": bought, **members})
        (self.customer,) = self.world.customers.values()
        (self.subscription,) = self.customer.subscriptions.values()
        self.model, self.named, self.acted = Model(contract), 0, 0
        self.model.auto = auto

    def shown(self) -> dict[str, Any]:
        shape = show_subscription(self.world, self.customer, self.subscription, by_id=True)
        found: dict[str, Any] = json.loads(wire.encode(shape))
        return found

    def wish(self, action: str) -> dict[str, Any]:
        """The members that a client changes in what it has read."""
        self.named += 1
        model = self.model
        term, cycle = TERMS[LONGER.get(model.term, "P1Y")]
        wishes: dict[str, dict[str, Any]] = {
            "rename": {"friendlyName": f"name {self.named}"},
            "seats up": {"quantity": model.quantity + 1},
            "seats down": {"quantity": model.quantity - 1},
            "auto-renew off": {"autoRenewEnabled": False, "scheduledActions": []},
            "auto-renew on": {"autoRenewEnabled": True},
            "end at term": {"autoRenewEnabled": False, "scheduledActions": [CANCEL]},
            "schedule": {
                "scheduledNextTermInstructions": self.instructions(),
                "scheduledActions": [],
            },
            "longer term": {"termDuration": term, "billingCycle": cycle},
            "shorter term": {"termDuration": "P1M", "billingCycle": "monthly"},
            "suspend": {"status": "suspended"},
            "reactivate": {"status": "active"},
            "cancel": {"status": "deleted"},
        }
        return wishes[action]

    def instructions(self) -> dict[str, Any]:
        item, (term, cycle) = items()[PRODUCT], TERMS[self.model.term]
        product = {"productId": item.product_id, "skuId": item.sku_id}
        product |= {"availabilityId": availability_id(self.world, item)}
        product |= {"termDuration": term, "billingCycle": cycle}
        return {"product": product, "quantity": self.model.quantity + 2}

    @rule(pick=st.integers(0, 59))
    def act(self, pick: int) -> None:
        """One of the actions of the table; those that end everything not at once."""
        self.acted += 1
        ending = self.acted < EARLY
        fitting = [row for action in ACTIONS if (row := self.model.row(action))]
        fitting = [row for row in fitting if not (ending and row.get("result") == "deleted")]
        if not fitting or self.model.quantity < 3:
            return
        row = fitting[pick % len(fitting)]
        action = row["action"]
        body = wire.Body({**self.shown(), **self.wish(action)})
        if "refused" not in row:
            change(self.world, self.customer, self.subscription, body)
            self.model.follow(row)
            return
        with pytest.raises(Fault) as refusal:
            change(self.world, self.customer, self.subscription, body)
        assert refusal.value.status == 400, row
        assert not row["refused"] or refusal.value.code in row["refused"], row

    @rule(days=st.sampled_from([1, 3, 8, 20, 31, 95]))
    def wait(self, days: int) -> None:
        until = self.world.clock.now() + timedelta(days=days)
        self.world.clock.move_to(until)
        self.model.wait(until)

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "model"):
            return
        model, row = self.model, self.shown()
        extended = self.subscription.phase == "extended" and row["status"] == "active"
        assert ("extended" if extended else row["status"]) == model.state
        if model.state == "deleted":
            return
        assert row["quantity"] == model.quantity
        assert row["commitmentEndDate"] == times.show(model.ends - times.DAY)
        if model.state == "active":
            assert row["autoRenewEnabled"] == model.auto
            assert row["refundableQuantity"]["totalQuantity"] == model.refundable()
            schedule = row.get("scheduledNextTermInstructions")
            assert (schedule["quantity"] if schedule else 0) == model.scheduled
            cancellable = "cancellationAllowedUntilDate" in row
            assert cancellable == model.holds("in window")


Licence.TestCase.settings = settings(
    max_examples=150, stateful_step_count=40, deadline=None, derandomize=True, database=None
)
TestLicence = Licence.TestCase


def test_every_row_names_its_place_in_the_reference() -> None:
    for row in table():
        assert row["row"]
        assert ("refused" in row) is not ("result" in row)
