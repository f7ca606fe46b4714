"""Any order of changed manifests, applies, kills, faults and moves of the clock.

Owns the rules and the invariants; `rounds.py` does the work. Bounded in `make test`, long in
`make soak`.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pcsync.apply import Moment
from pcsync.errors import PcsyncError
from pcsync.model import Outcome
from tests.killing import Kill

from .rounds import PEOPLE, PRODUCTS, PROFILE, STRANGER, WORLD, Rounds

FAULTS: list[dict[str, Any]] = [
    {"method": "POST", "cut": "after"},
    {"method": "PATCH", "cut": "after"},
    {"method": "POST", "cut": "before", "times": 2},
    {"method": "POST", "status": 503, "effect": True},
    {"method": "POST", "status": 429, "headers": {"Retry-After": "7"}, "times": 2},
    {"method": "POST", "cut": "after", "times": 99},
    {"status": 500, "probability": 0.05},
    {"method": "POST", "lag": {"for": "PT2M"}},
    {"nth": 9, "expireToken": True},
]

NEVER = 999
KILLS = st.tuples(st.sampled_from(list(Moment)), st.sampled_from([1, 2, 3, 5, 8, NEVER]))
"""The n-th moment of a kind kills."""


@st.composite
def specs(draw: st.DrawFn) -> dict[str, Any]:
    """Manifests of one or two customers; everybody's licences have their seats."""
    names = ["contoso", *(["fabrikam"] if draw(st.booleans()) else [])]
    return {name: draw(_spec(name)) for name in names}


@st.composite
def _spec(draw: st.DrawFn, name: str) -> dict[str, Any]:
    bought = draw(st.lists(st.sampled_from(sorted(PRODUCTS)), unique=True, min_size=1))
    people = draw(st.lists(st.sampled_from(PEOPLE), unique=True, min_size=1))
    spec: dict[str, Any] = {"billingProfile": PROFILE} if name == "fabrikam" else {}
    if name == "contoso":
        spec["budget"] = {"amount": draw(st.integers(100, 104))}
    spec["subscriptions"] = [_subscription(each, draw(st.integers(3, 6))) for each in bought]
    spec["userDefaults"] = {"usageLocation": "DE", "password": {"generate": True}}
    spec["users"] = [
        {
            "userPrincipalName": f"{each}@{name}.onmicrosoft.com",
            "displayName": draw(st.sampled_from([each.title(), f"{each.title()} Weber"])),
            "licenses": draw(st.lists(st.sampled_from(bought), unique=True)),
        }
        for each in people
    ]
    return spec


def _subscription(name: str, seats: int) -> dict[str, Any]:
    product, _ = PRODUCTS[name]
    shape = {"termDuration": "P1Y", "billingCycle": "monthly", "endOfTerm": "renew"}
    return {"name": name, "product": product, "quantity": seats, **shape}


class Applies(RuleBasedStateMachine):
    """Plan and apply, again and again, while things go wrong."""

    url = ""
    """Where the emulator is; set by who runs it."""
    counts: ClassVar[Counter[str]] = Counter()
    """What came of all applies of all orders; set anew by who counts."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.rounds = Rounds(self.url, Path(self.place.name))

    @initialize(first=specs())
    def begin(self, first: dict[str, Any]) -> None:
        """A world of its own."""
        self.rounds.control("POST", "seed", WORLD)
        self.rounds.control("DELETE", "faults")
        self.stranger = self.rounds.customers()[STRANGER]
        self.rounds.declare(first)

    @rule(changed=specs(), fault=st.sampled_from([None, *FAULTS]), kill=KILLS)
    def merge(
        self, changed: dict[str, Any], fault: dict[str, Any] | None, kill: tuple[Moment, int]
    ) -> None:
        """Other manifests are applied: what they no longer name is not managed any more. Something
        may go wrong, and the process may die."""
        self.rounds.declare(changed)
        if fault is not None:
            self.rounds.control("POST", "faults", fault)
        self._round(Kill(kill[0], number=kill[1]))

    @rule(kill=KILLS)
    def again(self, kill: tuple[Moment, int]) -> None:
        """The same manifests once more."""
        self._round(Kill(kill[0], number=kill[1]))

    @rule()
    def resume(self) -> None:
        """The last plan goes on, by its journal."""
        if self.rounds.last is not None:
            self._carried(None, saved=True)

    @rule()
    def lose_the_journal(self) -> None:
        """As in a new job of CI."""
        for each in self.rounds.folder.glob("journal.db*"):
            each.unlink()

    @rule(length=st.sampled_from(["PT1M", "PT5M", "PT16M"]))
    def wait(self, length: str) -> None:
        """Time passes."""
        self.rounds.control("POST", "clock", {"advance": length})

    @rule()
    def calm(self) -> None:
        """In peace all comes to rest."""
        plans = self.rounds.calm()
        self.counts["calm"] += 1
        assert plans[-1].steps == (), [(a.id, a.changes) for a in plans[-1].actions]

    def _round(self, kill: Kill) -> None:
        try:
            self.rounds.plan()
        except PcsyncError:
            return  # a fault: nothing was planned, nothing is written
        self._carried(kill, saved=False)

    def _carried(self, kill: Kill | None, *, saved: bool) -> None:
        assert self.rounds.last is not None
        try:
            applied = self.rounds.apply(self.rounds.last, kill, saved=saved)
        except PcsyncError:
            return  # a fault in what is read up front
        self.counts["killed" if applied is None else "ended"] += 1
        done = (r.action for r in (applied.actions if applied else ()) if r.outcome is Outcome.DONE)
        self.counts.update(f"{name.partition('/')[0]} done" for name in done)

    @invariant()
    def nothing_is_there_twice(self) -> None:
        """Never two that are alive of one address."""
        assert self.rounds.doubled() == []

    @invariant()
    def who_is_not_declared_is_left_alone(self) -> None:
        """The customer that no manifest names is as it was."""
        if hasattr(self, "stranger"):
            assert self.rounds.customers()[STRANGER] == self.stranger

    @invariant()
    def every_password_is_known(self) -> None:
        """A generated password is in the sink before its account is there (PE14)."""
        assert self.rounds.without_secret() == []

    def teardown(self) -> None:
        """Whatever happened: in peace all comes to rest."""
        try:
            if hasattr(self, "stranger"):
                self.calm()
                self.every_password_is_known()
        finally:
            self.rounds.http.close()
            self.place.cleanup()
