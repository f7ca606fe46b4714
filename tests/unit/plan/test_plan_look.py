"""Folding answers into a view, and looking at it: rounds, unknowns, owned collections."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from pcsync.model import (
    Action,
    Address,
    Level,
    Owns,
    Pair,
    Read,
    Resource,
    State,
    Verb,
    View,
)
from pcsync.plan.asking import unknown
from pcsync.plan.fold import Answer, fold
from pcsync.plan.look import look

from .fakes import (
    CONTOSO,
    Fake,
    address,
    asked,
    error,
    kinds,
    looked,
    read,
    thing,
    view,
)


def parts(read: Read, page: Any, view: View) -> Iterable[Resource | Level]:
    """A page is the list of what it shows."""
    return page


def nameless(found: str, **members: Any) -> Resource:
    members.setdefault("remote", {"id": found})
    return thing(f"mail/#{found}", **members)


def folded(start: View, *pages: list[Resource | Level]) -> View:
    some = kinds(Fake("mail", live=parts))
    answers = [Answer(read(f"/v1/{n}"), (page,)) for n, page in enumerate(pages)]
    return fold(some, start, answers)


# --- fold -----------------------------------------------------------------------------------------


def test_parts_of_one_resource_merge_by_id() -> None:
    first = nameless("7", spec={"a": 1, "b": 1})
    second = nameless("7", spec={"b": 2}, remote={"id": "7", "seen": True})
    (have,) = folded(view(), [first], [second]).haves.values()
    assert have.spec == {"a": 1, "b": 2}
    assert have.remote == {"id": "7", "seen": True}


def test_a_part_keeps_the_declared_address() -> None:
    named = thing("mail/ana", spec={"a": 1}, remote={"id": "7"})
    haves = folded(view(haves=[named]), [nameless("7", spec={"b": 2})]).haves
    assert list(haves) == [address("mail/ana")]
    assert haves[address("mail/ana")].spec == {"a": 1, "b": 2}


def test_a_named_part_gives_its_address_to_a_nameless_one() -> None:
    haves = folded(view(), [nameless("7")], [thing("mail/ana", remote={"id": "7"})]).haves
    assert list(haves) == [address("mail/ana")]


@pytest.mark.parametrize("turned", [False, True])
def test_owner_and_seats_come_from_whichever_part_has_them(turned: bool) -> None:
    bare = Resource(address("mail/#7"), {}, remote={"id": "7"})
    full = nameless("7", holds={"P": -1})
    pages = [[full], [bare]] if turned else [[bare], [full]]
    (have,) = folded(view(), *pages).haves.values()
    assert (have.owner, have.holds) == (CONTOSO, {"P": -1})


def test_parts_without_id_merge_by_address() -> None:
    some = [thing("mail/ana", spec={"a": 1})], [thing("mail/ana", spec={"b": 2})]
    assert folded(view(), *some).haves[address("mail/ana")].spec == {"a": 1, "b": 2}


def test_levels_and_failed_reads_are_noted() -> None:
    some = kinds(Fake("mail", live=parts))
    level = Level(CONTOSO, "P", 9, 4)
    good, bad = Answer(read("/v1/a"), ([level],)), Answer(read("/v1/b", "mail/ana"), failed="503")
    found = fold(some, view(), [good, bad, Answer(read("/v1/c"), found=False)])
    assert found.levels == {"P": level}
    assert found.done("/v1/a")
    assert not found.done("/v1/b")
    assert found.reads["/v1/b"].reason == "503"
    assert not found.reads["/v1/c"].found


# --- unknown --------------------------------------------------------------------------------------


def test_nothing_is_unknown_where_nothing_failed() -> None:
    assert unknown(view(thing("mail/ana"), reads=asked("/v1/a", "mail/ana"))) == frozenset()


def test_the_newest_read_decides() -> None:
    wide, narrow = asked("/v1/all", "mail/ana", failed="503"), asked("/v1/ana", "mail/ana")
    assert unknown(view(thing("mail/ana"), reads=wide | narrow)) == frozenset()
    assert unknown(view(thing("mail/ana"), reads=narrow | wide)) == {address("mail/ana")}


def test_what_is_owned_by_or_needs_the_unknown_is_unknown_however_far() -> None:
    chain = [
        thing("mail/a"),
        thing("mail/b", "mail/a"),
        thing("mail/c", owner="mail/b"),
        thing("mail/d", "mail/c"),
        thing("mail/e"),
    ]
    found = unknown(view(*chain, reads=asked("/v1/a", "mail/a", failed="503")))
    assert found == {address(f"mail/{name}") for name in "abcd"}


def test_an_unknown_customer_makes_all_of_it_unknown() -> None:
    lost = asked("/v1/customers", "tenant", failed="503")
    assert unknown(view(thing("mail/a"), reads=lost)) == {CONTOSO, address("mail/a")}


# --- rounds ---------------------------------------------------------------------------------------


def reads_by_id(view: View) -> Iterable[Read]:
    """The list first; then one read a mailbox, below its id."""
    yield read("/v1/list", "mail/ana")
    if found := view.ids.get(address("mail/ana")):
        yield read(f"/v1/list/{found}/rules", "mail/ana")


def answers(read: Read) -> Answer:
    spec = {"size": 5} if read.path == "/v1/list" else {"rules": 2}
    return Answer(read, ([nameless("7", spec=spec)],))


def test_a_read_that_needs_an_id_comes_a_round_later() -> None:
    mail = Fake("mail", reads=reads_by_id, live=parts)
    want = thing("mail/ana", spec={"size": 5, "rules": 3}, remote={"id": "7"})
    rounds: list[tuple[str, ...]] = []
    found = looked(kinds(mail), view(want), answers, rounds)
    assert rounds == [("/v1/list",), ("/v1/list/7/rules",)]
    assert [action.id for action in found.actions] == ["mail/contoso/ana:update"]


def test_a_comparison_may_ask_before_it_decides() -> None:
    def compare(want: Resource, have: Resource | None, view: View) -> Iterable[Action | Read]:
        if not view.done("/v1/deleted"):
            yield read("/v1/deleted", str(want.address).replace("contoso/", ""))
        else:
            yield Action(want.address, Verb.CREATE, want.owner)

    some = kinds(Fake("mail", compare=compare))
    start = view(thing("mail/ana"), thing("mail/ben"))
    first = look(some, start)
    assert first.reads == (read("/v1/deleted", "mail/ana", "mail/ben"),)
    assert (first.actions, first.findings) == ((), ())
    done = look(some, fold(some, start, [Answer(first.reads[0])]))
    assert len(done.actions) == 2
    lost = look(some, fold(some, start, [Answer(first.reads[0], failed="503")]))
    assert lost.actions == ()
    assert unknown(lost.view) == {address("mail/ana"), address("mail/ben")}


def test_a_failed_read_makes_unknown_whoever_asks_for_it_later() -> None:
    """Ben asks a round later than Ana for what failed: nothing may be planned for him either."""

    def compare(want: Resource, have: Resource | None, view: View) -> Iterable[Action | Read]:
        name = want.address.path[-1]
        if name == "ben" and not view.done("/v1/first"):
            yield read("/v1/first", "mail/ben")
        elif name in {"ana", "ben"} and not view.done("/v1/deleted"):
            yield read("/v1/deleted", f"mail/{name}")
        else:
            yield Action(want.address, Verb.CREATE, want.owner)

    some = kinds(Fake("mail", compare=compare))
    start = view(thing("mail/ana"), thing("mail/ben"), thing("mail/cora", "mail/ben"))
    found = looked(some, start, lambda read: Answer(read, failed="503" * ("deleted" in read.path)))
    assert found.actions == ()
    assert unknown(found.view) == {address(f"mail/{name}") for name in ("ana", "ben", "cora")}


def test_one_read_serves_all_kinds_that_want_it() -> None:
    mail = Fake("mail", reads=lambda view: [read("/v1/x", "mail/ana", gone_ok=True)])
    room = Fake("room", reads=lambda view: [read("/v1/x", "room/one", pages=True, user=True)])
    (only,) = look(kinds(mail, room), view()).reads
    assert only == read("/v1/x", "mail/ana", "room/one", pages=True, user=True)


def test_two_that_change_their_places_are_both_kept() -> None:
    def match(wants: Any, haves: Any, view: View) -> Iterable[Pair]:
        by_id = {have.remote["id"]: have for have in haves}
        return [Pair(want, by_id[want.remote["id"]], "id") for want in wants]

    wants = thing("mail/a", remote={"id": "1"}), thing("mail/b", remote={"id": "2"})
    haves = thing("mail/b", remote={"id": "1"}), thing("mail/a", remote={"id": "2"})
    found = look(kinds(Fake("mail", match=match)), view(*wants, haves=haves)).view
    assert {str(a): h.remote["id"] for a, h in found.haves.items()} == {
        "mail/contoso/a": "1",
        "mail/contoso/b": "2",
    }
    assert set(found.ids.values()) == {"1", "2"}


def test_the_partner_level_is_matched_and_not_compared() -> None:
    start = View(view().at, wants={CONTOSO: Resource(CONTOSO, {}, remote={"id": "9"})})
    have = Resource(Address("tenant", ("#9",)), {}, remote={"id": "9"})
    some = kinds(Fake("tenant", live=parts, reads=lambda view: [read("/v1/customers", "tenant")]))
    found = looked(some, start, lambda read: Answer(read, ([have],)))
    assert found.view.ids == {CONTOSO: "9"}
    assert found.actions == ()


def test_an_error_of_the_match_keeps_its_resource_from_being_compared() -> None:
    mail = Fake("mail", match=lambda wants, haves, view: [error("mail/ana")])
    have = nameless("7")
    found = look(kinds(mail), view(thing("mail/ana"), thing("mail/ben"), haves=[have]))
    assert [action.id for action in found.actions] == ["mail/contoso/ben:create"]
    assert found.findings == (error("mail/ana"),)


# --- owned collections and what ends with its owner -----------------------------------------------


def seat(owner: str, pool: str) -> Resource:
    return thing(f"seat/{owner}/{pool}", owner=f"mail/{owner}", holds={pool: -1} if pool else {})


OWNS = (Owns(address("mail/ana"), "seat"),)
SEATS = kinds(Fake("mail", match=lambda *all: ()), Fake("seat", match=lambda *all: ()))


def test_only_members_over_managed_pools_are_taken_away() -> None:
    lives = [seat("ana", pool) for pool in ("P", "Q")] + [seat("ben", "P")]
    lives.append(thing("seat/ana/none", owner="mail/ana"))
    plan = thing("mail/sub", holds={"P": 5})
    found = look(SEATS, view(plan, haves=[*lives, plan], owns=OWNS))
    assert [action.id for action in found.actions] == ["seat/contoso/ana/P:delete"]


def test_a_listed_member_stays() -> None:
    mine = seat("ana", "P")
    assert look(SEATS, view(mine, haves=[mine], owns=OWNS)).actions == ()


def test_nothing_is_taken_from_an_unknown_owner() -> None:
    plan = thing("mail/sub", holds={"P": 5})
    lost = asked("/v1/ana", "mail/ana", failed="503")
    haves = [seat("ana", "P"), plan]
    found = look(SEATS, view(plan, thing("mail/ana"), haves=haves, owns=OWNS, reads=lost))
    assert found.actions == ()


def test_what_is_owned_ends_with_its_owner_however_deep() -> None:
    gone = thing("mail/ana", state=State.ABSENT)
    lives = [thing("mail/ana"), seat("ana", "P"), thing("seat/deep", owner="seat/ana/P")]
    found = look(SEATS, view(gone, haves=lives))
    assert {action.id: action.implied_by for action in found.actions} == {
        "mail/contoso/ana:delete": None,
        "seat/contoso/ana/P:delete": "mail/contoso/ana:delete",
        "seat/contoso/deep:delete": "mail/contoso/ana:delete",
    }
    assert all(action.counts == {"ended": 1} for action in found.actions)


def test_a_leavers_owned_collection_is_implied_and_costs_no_call() -> None:
    gone, plan = thing("mail/ana", state=State.ABSENT), thing("mail/sub", holds={"P": 5})
    lives = [thing("mail/ana"), plan, seat("ana", "P")]
    found = look(SEATS, view(gone, plan, haves=lives, owns=OWNS))
    implied = {action.id: action.implied_by for action in found.actions}
    assert implied["seat/contoso/ana/P:delete"] == "mail/contoso/ana:delete"
    assert len(found.actions) == 2


def test_what_is_removed_by_itself_is_not_implied_as_well() -> None:
    gone = [thing("mail/ana", state=State.ABSENT), seat("ana", "P")]
    gone[1] = thing("seat/ana/P", owner="mail/ana", state=State.ABSENT)
    found = look(SEATS, view(*gone, haves=[thing("mail/ana"), seat("ana", "P")]))
    assert [action.implied_by for action in found.actions] == [None, None]


def test_an_implied_end_may_have_to_be_read_first() -> None:
    def compare(want: Resource, have: Any, view: View) -> Iterable[Action | Read]:
        if not view.done("/v1/ends"):
            yield read("/v1/ends", "seat/ana/P")
        else:
            yield Action(want.address, Verb.DELETE, want.owner)

    some = SEATS | kinds(Fake("seat", compare=compare, match=lambda *all: ()))
    gone = thing("mail/ana", state=State.ABSENT)
    rounds: list[tuple[str, ...]] = []
    start = view(gone, haves=[thing("mail/ana"), seat("ana", "P")])
    found = looked(some, start, Answer, rounds)
    assert rounds == [("/v1/ends",)]
    assert len(found.actions) == 2


def test_a_big_collection_is_looked_at_once() -> None:
    """As many comparisons as there are live things, however many owners."""
    seen: list[Address] = []

    def compare(want: Resource, have: Resource | None, view: View) -> Iterable[Action]:
        seen.append(want.address)
        return ()

    people = [thing(f"mail/u{n}") for n in range(30)]
    plan = thing("mail/sub", holds={"P": 30})
    haves = [*people, plan, *(seat(f"u{n}", "P") for n in range(30))]
    owns = tuple(Owns(person.address, "seat") for person in people)
    look(SEATS | kinds(Fake("seat", compare=compare)), view(*people, plan, haves=haves, owns=owns))
    assert len(seen) == 30
