"""The queue for seats: whoever takes one takes it when it is free, whatever the calls are."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pcsync.kinds.license.queue import Taken, Unit, queue

POOLS = ("a", "b", "c")


def unit(key: str, takes: str = "", leaves: str = "") -> Unit:
    return Unit(
        key,
        tuple((pool, f"{key}+{pool}") for pool in takes),
        tuple((pool, f"{key}-{pool}") for pool in leaves),
    )


def free(**seats: int) -> dict[str, int]:
    return dict.fromkeys(POOLS, 0) | seats


NOTHING = dict.fromkeys(POOLS, 0)


def seats(found: Taken) -> dict[str, tuple[str, ...] | None]:
    return {action: left for _, action, left in found.seats}


def test_a_free_seat_is_taken_without_waiting_for_anybody() -> None:
    assert seats(queue([unit("ana", "a")], free(a=1), NOTHING)) == {"ana+a": ()}


def test_a_leaver_goes_first() -> None:
    found = queue([unit("ana", "a"), unit("ben", "", "a")], free(), NOTHING)
    assert seats(found) == {"ana+a": ("ben-a",)}


def test_only_who_finds_no_other_seat_waits_for_the_purchase() -> None:
    units = [unit("ana", "a"), unit("ben", "a"), unit("cleo", "", "a")]
    found = queue(units, free(), free(a=1))
    assert seats(found) == {"ana+a": ("cleo-a",), "ben+a": None}


def test_too_many_people_are_made_up_for_first() -> None:
    units = [unit("ana", "a"), unit("ben", "", "a"), unit("cleo", "", "a")]
    assert seats(queue(units, free(a=-1), NOTHING)) == {"ana+a": ("ben-a", "cleo-a")}


def test_a_hire_does_not_take_the_seat_that_others_need_to_change_places() -> None:
    units = [unit("ana", "a", "b"), unit("ben", "b", "a"), unit("a-hire", "b")]
    found = queue(units, free(b=1), NOTHING)
    assert not found.knots
    assert seats(found) == {"ben+b": (), "ana+a": ("ben-a",), "a-hire+b": ("ana-b",)}


def test_a_knot_names_what_is_missing_and_who_is_in_it() -> None:
    units = [unit("ana", "a", "b"), unit("ben", "b", "a"), unit("cleo", "c")]
    (knot,) = queue(units, free(c=1), NOTHING).knots
    assert (knot.pool, knot.lacks) == ("a", 1)
    assert knot.actions == ("ana+a", "ana-b", "ben+b", "ben-a")


PERSON = st.lists(st.sampled_from(POOLS), unique=True, max_size=2)


@given(st.lists(PERSON, max_size=6), st.lists(st.integers(0, 2), min_size=6, max_size=6))
def test_every_seat_is_there_when_it_is_taken(people: list[list[str]], numbers: list[int]) -> None:
    units = [unit(f"p{n}", "".join(p[:1]), "".join(p[1:])) for n, p in enumerate(people)]
    there, bought = (dict(zip(POOLS, each, strict=True)) for each in (numbers[:3], numbers[3:]))
    found = queue(units, there, bought)
    if found.knots:
        return
    taken = Counter((pool, left) for pool, _, left in found.seats)
    assert all(number <= there[pool] for (pool, left), number in taken.items() if left == ())
    assert all(number <= bought[pool] for (pool, left), number in taken.items() if left is None)
    assert all(number == 1 for (_, left), number in taken.items() if left)
    assert sum(taken.values()) == sum(len(each.takes) for each in units)
