"""Observing an estate: the partner first, then every customer by itself, each read asked once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from pcsync.live import Estate, Outcome, Rules, observe
from pcsync.model import Address, Asked, Owns, Read, ReadState, Resource, View

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
NAMES = ("adatum", "contoso", "fabrikam")


def owner(name: str) -> Address:
    return Address("tenant", (name,))


def mail(name: str) -> Address:
    return Address("mail", (name, "ana"))


RESOURCES = [Resource(owner(name), {}) for name in reversed(NAMES)] + [
    Resource(mail(name), {}, owner=owner(name)) for name in NAMES
]
ALL = "/v1/customers"


@dataclass(frozen=True)
class Looked:
    view: View
    reads: tuple[Read, ...] = ()


def look(view: View) -> Looked:
    """The list of customers; then below each a list, and after that one more read."""
    if view.owner is None:
        shows = tuple(sorted(owner(name) for name in NAMES))
        wanted = [Read(ALL, shows)]
    else:
        wanted = [Read(f"/v1/{view.owner.root}/{n}", (mail(view.owner.root),)) for n in (1, 2)]
        wanted = wanted[: len(view.reads)]
    return Looked(view, tuple(read for read in wanted if read.path not in view.reads))


def fold(view: View, answers: Sequence[tuple[Read, Outcome]]) -> View:
    """Every answer is noted; the list gives each customer its id."""
    reads, ids, haves = dict(view.reads), dict(view.ids), dict(view.haves)
    for read, (_, failed, found) in answers:
        state = ReadState.FAILED if failed else ReadState.DONE
        reads[read.path] = Asked(read, state, failed, found)
        if read.path == ALL and not failed:
            ids = {owner(name): f"id-{name}" for name in NAMES}
            haves = {owner(name): Resource(owner(name), {}) for name in NAMES}
            haves[owner("#other")] = Resource(owner("#other"), {})
    return replace(view, reads=reads, ids=ids, haves=haves)


RULES = Rules(look, fold)
ESTATE = Estate(RESOURCES, [Owns(mail("contoso"), "seat")], blank=View(AT, cloud="emulator"))


def answer(read: Read) -> Outcome:
    return (({},), "", True)


def seen(name: str) -> None:
    """Nobody looks."""


def views(estate: Estate = ESTATE) -> dict[str, View]:
    found = [each.view for each in observe(estate, RULES, answer, seen)]
    return {view.owner.root: view for view in found if view.owner}


def test_customers_come_in_the_order_of_their_names() -> None:
    assert list(views()) == list(NAMES)


def test_a_customer_sees_what_is_its_own() -> None:
    view = views()["contoso"]
    assert set(view.wants) == {owner("contoso"), mail("contoso")}
    assert set(view.haves) == {owner("contoso")}
    assert view.ids == {owner("contoso"): "id-contoso"}
    assert view.owns == (Owns(mail("contoso"), "seat"),)
    assert views()["adatum"].owns == ()
    assert (view.at, view.cloud) == (AT, "emulator")


def test_a_partner_read_shows_each_customer_its_own_part() -> None:
    view = views()["contoso"]
    assert view.reads[ALL].read.shows == (owner("contoso"),)
    assert list(view.reads) == [ALL, "/v1/contoso/1", "/v1/contoso/2"]


def test_nothing_is_asked_twice() -> None:
    asked: list[str] = []

    def fetch(read: Read) -> Outcome:
        asked.append(read.path)
        return answer(read)

    list(observe(ESTATE, RULES, fetch, seen))
    assert set(Counter(asked).values()) == {1}
    assert len(asked) == 1 + 2 * len(NAMES)


def test_a_failed_read_of_one_customer_is_its_own() -> None:
    def fetch(read: Read) -> Outcome:
        return ((), "503", True) if "contoso" in read.path else answer(read)

    found = {look.view.owner: look.view for look in observe(ESTATE, RULES, fetch, seen)}
    for name in NAMES:
        asked = found[owner(name)].reads[f"/v1/{name}/1"]
        assert (asked.state is ReadState.FAILED) == (name == "contoso")


def test_customers_are_read_beside_each_other() -> None:
    """The first reads of all three meet at a barrier: one after the other they never would."""
    meet = threading.Barrier(3, timeout=10)

    def fetch(read: Read) -> Outcome:
        if read.path.endswith("/1"):
            meet.wait()
        return answer(read)

    assert len(list(observe(ESTATE, RULES, fetch, seen))) == 3


def test_no_more_reads_at_once_than_allowed() -> None:
    lock, now, most = threading.Lock(), [0], [0]

    def fetch(read: Read) -> Outcome:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        with lock:
            now[0] -= 1
        return answer(read)

    list(observe(replace(ESTATE, parallel=1), RULES, fetch, seen))
    assert most == [1]


def test_every_customer_is_told_of_once() -> None:
    told: list[str] = []
    list(observe(ESTATE, RULES, answer, told.append))
    assert sorted(told) == list(NAMES)


def test_a_defect_is_raised() -> None:
    def fetch(read: Read) -> Outcome:
        raise ValueError(read.path)

    with pytest.raises(ValueError, match=ALL):
        list(observe(ESTATE, RULES, fetch, seen))


def test_reading_that_never_ends_is_a_defect() -> None:
    endless = Rules(lambda view: Looked(view, (Read("/v1/x"),)), lambda view, answers: view)
    with pytest.raises(RuntimeError, match="still reading"):
        list(observe(ESTATE, endless, answer, seen))


def test_an_estate_of_nothing_asks_for_no_customer() -> None:
    empty = replace(ESTATE, resources=(), owns=())
    assert list(observe(empty, RULES, answer, seen)) == []
