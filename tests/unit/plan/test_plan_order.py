"""What comes before what, batches, and the fewest cuts where batches wait for each other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.model import Action, Await, Before, Empty, Verb, When
from pcsync.plan.order import Batch, batches, needs

from .fakes import act, address, drafted, thing


def order(
    *actions: Action, wants: tuple[str, ...] = (), before: tuple[tuple[str, str], ...] = ()
) -> dict[str, set[str]]:
    """What comes before each, in short: a want is written ``b<a``."""
    resources = [thing(f"mail/{w[0]}", *[f"mail/{n}" for n in w[2:]]) for w in wants]
    rules = [Before(f"mail/contoso/{a}", f"mail/contoso/{b}") for a, b in before]
    found = needs(drafted(actions, resources, rules))
    return {short(name): {short(each) for each in first} for name, first in found.items()}


def short(name: str) -> str:
    return name.removeprefix("mail/contoso/")


CREATE, DELETE, UPDATE = Verb.CREATE, Verb.DELETE, Verb.UPDATE


# --- needs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", [Verb.CREATE, Verb.RESUME, Verb.RESTORE])
def test_what_is_needed_comes_to_be_first(verb: Verb) -> None:
    found = order(act("mail/a", verb), act("mail/b"), wants=("a<", "b<a"))
    assert found == {f"a:{verb}": set(), "b:create": {f"a:{verb}"}}


def test_a_change_of_what_is_there_is_waited_for_by_nothing() -> None:
    assert order(act("mail/a", UPDATE), act("mail/b"), wants=("a<", "b<a"))["b:create"] == set()


def test_an_owner_comes_first_also_where_it_is_only_the_actions() -> None:
    found = order(act("mail/a"), act("mail/b", owner=address("mail/a")))
    assert found["b:create"] == {"a:create"}


def test_a_removal_comes_before_that_of_its_owner_and_of_what_it_needs() -> None:
    found = order(
        act("mail/a", DELETE),
        act("mail/b", DELETE, owner=address("mail/a")),
        act("mail/c", DELETE),
        wants=("a<", "b<", "c<a"),
    )
    assert found == {"a:delete": {"b:delete", "c:delete"}, "b:delete": set(), "c:delete": set()}


def test_a_review_says_the_rest() -> None:
    found = order(act("mail/a", UPDATE), act("mail/b", UPDATE), before=(("a:update", "b:update"),))
    assert found["b:update"] == {"a:update"}


def test_what_has_no_steps_is_left_out() -> None:
    later = act("mail/a", UPDATE, when=When.BLOCKED)
    rules = (("a:update@blocked", "b:create"),)
    assert order(later, act("mail/b"), before=rules) == {"b:create": set()}


def test_one_that_is_implied_is_stood_for_by_what_implies_it() -> None:
    gone = act("mail/a", DELETE)
    seat = act("mail/s", DELETE, implied_by=gone.id)
    found = order(gone, seat, act("mail/b"), before=(("s:delete", "b:create"),))
    assert found == {"a:delete": set(), "b:create": {"a:delete"}}


def test_a_wait_is_met_only_by_all_that_come_before_it() -> None:
    wait = Await("w", (), "/v1/seats", Empty("x"))
    actions = [act(f"mail/{name}") for name in "abcd"]
    ids = [action.id for action in actions]
    rules = [Before(ids[0], ids[2], wait), Before(ids[1], ids[3], wait)]
    found = needs(drafted(actions, (), rules))
    assert found[ids[2]] == found[ids[3]] == {ids[0], ids[1]}


# --- batches --------------------------------------------------------------------------------------


def batched(names: Mapping[str, str], first: Mapping[str, set[str]]) -> list[tuple[str, int, str]]:
    """Batches in order as (name, part, members); actions and batches are single letters."""
    frozen = {name: frozenset(first.get(name, ())) for name in names}
    actions = {name: act(f"mail/{name}") for name in names}
    found = batches(names, actions, frozen)
    return [(b.name, b.part, "".join(a.address.path[-1] for a in b.actions)) for b in found]


def test_a_batch_goes_whole_when_all_it_needs_is_done() -> None:
    names = {"a": "X", "b": "X", "c": "Y"}
    assert batched(names, {"b": {"c"}}) == [("Y", 1, "c"), ("X", 1, "ab")]


def test_members_that_need_each_other_share_a_batch() -> None:
    assert batched({"a": "X", "b": "X"}, {"a": {"b"}, "b": {"a"}}) == [("X", 1, "ab")]


def test_a_swap_of_two_is_cut_once() -> None:
    """Ana leaves (a) what Ben takes (d), and takes (b) what Ben leaves (c)."""
    names = {"a": "ana", "b": "ana", "c": "ben", "d": "ben"}
    found = batched(names, {"b": {"c"}, "d": {"a"}})
    assert found == [("ana", 1, "a"), ("ben", 1, "cd"), ("ana", 2, "b")]


def test_a_ring_of_three_is_cut_once() -> None:
    names = {"a": "ana", "b": "ana", "c": "ben", "d": "ben", "e": "cora", "f": "cora"}
    found = batched(names, {"b": {"e"}, "d": {"a"}, "f": {"c"}})
    assert len(found) == 4
    assert found[0] == ("ana", 1, "a")


def test_many_swaps_beside_each_other_are_cut_once_each() -> None:
    names, first = {}, {}
    for n in range(60):
        for side in "ab":
            names |= {f"{n}{side}leaves": f"{n}{side}", f"{n}{side}takes": f"{n}{side}"}
        first |= {f"{n}atakes": {f"{n}bleaves"}, f"{n}btakes": {f"{n}aleaves"}}
    assert len(batched(names, first)) == 180


def test_the_cut_is_where_it_frees_most() -> None:
    """The hub waits for all and all wait for a part of it: cutting it once is enough."""
    names = {"a": "hub", "b": "hub", "c": "hub"}
    first = {"c": set[str]()}
    for n in range(4):
        names |= {f"r{n}": f"rim{n}", f"t{n}": f"rim{n}"}
        first[f"t{n}"] = {"a"}
        first["c"].add(f"r{n}")
    found = batched(names, first)
    assert found[0] == ("hub", 1, "ab")
    assert len(found) == 6


def test_actions_that_wait_for_each_other_are_a_defect_with_their_names() -> None:
    with pytest.raises(ValueError, match="a, b"):
        batched({"a": "X", "b": "Y"}, {"a": {"b"}, "b": {"a"}})


def test_a_long_line_takes_one_look_at_each() -> None:
    """5,000 pairs, sorted so that whoever waits stands first: linear, or this never ends."""
    names = {f"{kind}{n:05}": f"{kind}{n:05}" for kind in "ab" for n in range(5000)}
    first = {f"a{n:05}": {f"b{n:05}"} for n in range(5000)}
    assert len(batched(names, first)) == 10_000


# --- properties -----------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, str], dict[str, set[str]]]:
    """Up to 8 actions in up to 4 batches; needs go one way, so that actions never wait in rings."""
    count = draw(st.integers(1, 8))
    names = {f"n{i}": f"B{draw(st.integers(0, 3))}" for i in range(count)}
    order = draw(st.permutations(sorted(names)))
    pairs = list(combinations(order, 2))
    edges = draw(st.lists(st.sampled_from(pairs), max_size=10)) if pairs else []
    first: dict[str, set[str]] = {}
    for before, then in edges:
        first.setdefault(then, set()).add(before)
    return names, first


def fewest(names: Mapping[str, str], first: Mapping[str, set[str]]) -> int:
    """The least number of parts, by trying every order of every closed part of every batch."""
    level, everything, count = {frozenset[str]()}, frozenset(names), 0
    while everything not in level:
        level = {done | part for done in level for part in closed(names, first, done)}
        count += 1
    return count


def closed(
    names: Mapping[str, str], first: Mapping[str, set[str]], done: frozenset[str]
) -> set[frozenset[str]]:
    found: set[frozenset[str]] = set()
    for batch in set(names.values()):
        left = [name for name in names if names[name] == batch and name not in done]
        for size in range(1, len(left) + 1):
            for part in map(frozenset, combinations(left, size)):
                if all(first.get(name, set()) <= done | part for name in part):
                    found.add(part)
    return found


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs())
def test_there_are_as_few_parts_as_can_be(
    graph: tuple[dict[str, str], dict[str, set[str]]],
) -> None:
    names, first = graph
    assert len(batched(names, first)) == fewest(names, first)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(graphs(), st.randoms(use_true_random=False))
def test_everything_goes_once_after_what_it_needs_however_it_is_shuffled(
    graph: tuple[dict[str, str], dict[str, set[str]]], chance: object
) -> None:
    names, first = graph
    frozen = {name: frozenset(first.get(name, ())) for name in names}
    actions = {name: act(f"mail/{name}") for name in names}
    found = batches(names, actions, frozen)
    done: set[str] = set()
    for batch in found:
        going = {action.address.path[-1] for action in batch.actions}
        assert all(frozen[name] <= done | going for name in going)
        assert not going & done
        done |= going
    assert done == set(names)
    keys = list(names)
    chance.shuffle(keys)  # type: ignore[attr-defined]
    again: tuple[Batch, ...] = batches(names, actions, {key: frozen[key] for key in keys})
    assert again == found
