"""From drafts to a plan: steps and what they wait for, totals, ids, and the same bytes always."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pcsync.model import (
    Action,
    Address,
    AtLeast,
    Await,
    Before,
    Call,
    Edit,
    Is,
    Keep,
    Plan,
    Settle,
    Step,
    Verb,
    View,
    When,
)
from pcsync.plan.build import build, references, totals
from pcsync.plan.codec import to_data, write
from pcsync.plan.draft import Draft, draft
from pcsync.plan.look import Look
from pcsync.plan.order import needs
from pcsync.plan.steps import steps_of

from .fakes import FRAME, Fake, act, address, drafted, error, kinds, thing, view

WAIT = Await("contoso.seats", (), "/v1/{tenant/contoso#id}/seats", AtLeast("total", 5))
MAIL = kinds(Fake("mail"), Fake("seat"), Fake("cart"))


def stepped(some: Mapping[str, Any], found: Draft) -> list[Step]:
    return steps_of(some, found, needs(found))


def after(steps: Sequence[Step]) -> dict[str, tuple[str, ...]]:
    return {step.id: step.after for step in steps}


# --- steps ----------------------------------------------------------------------------------------


def test_a_batch_waits_for_the_steps_of_what_it_needs() -> None:
    wants = [thing("mail/a"), thing("mail/b", "mail/a")]
    found = after(stepped(MAIL, drafted([act("mail/b"), act("mail/a")], wants)))
    assert found == {
        "mail/contoso/a.call": (),
        "mail/contoso/b.call": ("mail/contoso/a.call",),
    }


def chain(batch: Sequence[Action], view: View) -> Iterable[Step]:
    """A cart: two independent looks, one call after both."""
    ids = tuple(action.id for action in batch)
    yield Call("cart.look1", ids, "GET", "/v1/x")
    yield Call("cart.look2", ids, "GET", "/v1/y")
    yield Call("cart.buy", ids, "POST", "/v1/cart", after=("cart.look1", "cart.look2"))


def test_only_the_first_steps_of_a_batch_wait_for_others() -> None:
    some = MAIL | kinds(Fake("cart", steps=chain))
    wants = [thing("mail/a"), thing("cart/b", "mail/a")]
    found = after(stepped(some, drafted([act("mail/a"), act("cart/b")], wants)))
    assert found["cart.look1"] == found["cart.look2"] == ("mail/contoso/a.call",)
    assert found["cart.buy"] == ("cart.look1", "cart.look2")


def test_two_parts_of_a_batch_have_steps_of_their_own() -> None:
    some = MAIL | kinds(Fake("seat", batch=lambda action: action.address.path[1]))
    wants = [thing(f"seat/{who}/{n}") for who in ("ana", "ben") for n in "12"]
    actions = [act("seat/ana/1"), act("seat/ana/2"), act("seat/ben/1"), act("seat/ben/2")]
    ids = [action.id for action in actions]
    rules = [Before(ids[0], ids[3]), Before(ids[2], ids[1])]
    found = after(stepped(some, drafted(actions, wants, rules)))
    assert found == {"ana.call": (), "ben.call": ("ana.call",), "ana.call~2": ("ben.call",)}


def test_the_inner_order_of_a_second_part_is_its_own() -> None:
    some = MAIL | kinds(Fake("cart", batch=lambda action: "cart", steps=chain))
    actions = [act("cart/a"), act("mail/m"), act("cart/b")]
    rules = [Before(actions[0].id, actions[1].id), Before(actions[1].id, actions[2].id)]
    found = after(stepped(some, drafted(actions, (), rules)))
    assert found["cart.buy~2"] == ("cart.look1~2", "cart.look2~2")
    assert found["cart.look1~2"] == ("mail/contoso/m.call",)


def test_batches_that_name_their_steps_alike_do_not_share_an_id() -> None:
    """Request ids and results go by the step's id: one id for two calls would lose a write."""

    def steps(batch: Sequence[Action], view: View) -> Iterable[Step]:
        yield Call("ana.seats", tuple(action.id for action in batch), "POST", "/v1/seats")

    some = kinds(Fake("seat", steps=steps))
    found = stepped(some, drafted([act("seat/ana/1"), act("seat/ana/2"), act("seat/ana/3")]))
    assert [step.id for step in found] == ["ana.seats", "ana.seats~2", "ana.seats~3"]


# --- waits ----------------------------------------------------------------------------------------


def test_a_wait_stands_once_and_covers_all_that_wait() -> None:
    buy, ana, ben = act("cart/buy"), act("seat/ana"), act("seat/ben")
    rules = [Before(buy.id, ana.id, WAIT), Before(buy.id, ben.id, WAIT)]
    found = stepped(MAIL, drafted([ben, ana, buy], (), rules))
    assert [step.id for step in found] == [
        "cart/contoso/buy.call",
        "contoso.seats",
        "seat/contoso/ana.call",
        "seat/contoso/ben.call",
    ]
    assert found[1].covers == (ana.id, ben.id)
    assert found[1].after == ("cart/contoso/buy.call",)
    for step in found[2:]:
        assert "contoso.seats" in step.after


def test_a_wait_comes_after_all_that_its_goal_counts() -> None:
    """The goal counts both purchases: waiting after the first alone would never end."""
    one, two, ana, ben = act("mail/one"), act("mail/two"), act("seat/ana"), act("seat/ben")
    rules = [Before(one.id, ana.id, WAIT), Before(two.id, ben.id, WAIT)]
    found = after(stepped(MAIL, drafted([one, two, ana, ben], (), rules)))
    assert found["contoso.seats"] == ("mail/contoso/one.call", "mail/contoso/two.call")


def test_a_wait_of_an_implied_action_is_that_of_what_implies_it() -> None:
    gone, seat, buy = act("mail/a", Verb.DELETE), act("seat/s", Verb.DELETE), act("cart/buy")
    seat = replace(seat, implied_by=gone.id)
    found = stepped(MAIL, drafted([gone, seat, buy], (), [Before(buy.id, seat.id, WAIT)]))
    assert [step.id for step in found] == [
        "cart/contoso/buy.call",
        "contoso.seats",
        "mail/contoso/a.call",
    ]
    assert found[1].covers == (gone.id,)


def test_nothing_that_is_not_done_now_is_waited_for() -> None:
    buy, seat = act("cart/buy"), act("seat/s", when=When.BLOCKED)
    found = stepped(MAIL, drafted([buy, seat], (), [Before(buy.id, seat.id, WAIT)]))
    assert [step.id for step in found] == ["cart/contoso/buy.call"]


# --- totals and what a plan holds -----------------------------------------------------------------


def test_totals_are_exact() -> None:
    actions = [
        act("mail/a", counts={"addSeats": 2}),
        act("mail/b", Verb.DELETE, counts={"deleteUsers": 1}),
        act("mail/c", Verb.DELETE, counts={"loseLicence": 1}, implied_by="mail/contoso/b:delete"),
        act("mail/d", Verb.UPDATE, when=When.BLOCKED, counts={"addSeats": 3}),
    ]
    ids = ("mail/contoso/a:create",)
    steps: list[Step] = [
        Call("1", ids, "GET", "/v1/x"),
        Call("2", ids, "POST", "/v1/x"),
        Edit("3", ids, "PATCH", "/v1/x", False, (Is("a", 1),)),
        WAIT,
    ]
    found = totals(actions, steps)
    assert found.verbs == {"create": 1, "delete": 2, "update": 1}
    assert found.when == {"blocked": 1, "now": 3}
    assert found.measures == {"addSeats": 5, "customers": 1, "deleteUsers": 1, "loseLicence": 1}
    assert (found.writes, found.reads_at_least, found.waits) == (2, 3, 1)


def test_a_plan_without_work_touches_no_customer() -> None:
    assert totals([act("mail/a", when=When.BLOCKED)], []).measures == {}
    plan = build(MAIL, [drafted([])], FRAME)
    assert (plan.steps, plan.customers, plan.ids, plan.wants) == ((), ("contoso",), {}, {})


def test_a_plan_holds_the_ids_that_its_steps_name_anywhere() -> None:
    """In a path, in a body, in what settles a call, in a condition; and those acted on."""

    def steps(batch: Sequence[Action], view: View) -> Iterable[Step]:
        yield Call(
            "s",
            tuple(action.id for action in batch),
            "POST",
            "/v1/{tenant/contoso#id}/x",
            body={"base": [{"$ref": "mail/contoso/base#id"}], "name": "{mail/contoso/text#id}"},
            keep=(
                Keep("mail/contoso/a#id", "id", "items", Is("b", {"$ref": "mail/contoso/k#id"})),
            ),
            settle=Settle("/v1/{mail/contoso/settled#id}", Is("x", 1)),
        )

    known = {address(f"mail/{n}"): f"id-{n}" for n in ("a", "base", "k", "settled", "text", "no")}
    found = drafted([act("mail/a")])
    found = replace(found, view=replace(found.view, ids={address("tenant"): "t", **known}))
    plan = build(kinds(Fake("mail", steps=steps)), [found], FRAME)
    names = {name.removeprefix("mail/contoso/") for name in plan.ids}
    assert names == {"tenant/contoso", "a", "base", "k", "settled"}
    assert {*references(plan.steps), "mail/contoso/a#id"} == {f"{name}#id" for name in plan.ids}


def test_a_plan_holds_what_is_wanted_of_what_is_acted_on() -> None:
    wants = [thing("mail/a", spec={"size": 1}), thing("mail/b", spec={"size": 2})]
    assert build(MAIL, [drafted([act("mail/a")], wants)], FRAME).wants == {
        "mail/contoso/a": {"size": 1}
    }


def sample() -> Plan:
    wants = [thing("mail/a", spec={"size": 1}), thing("mail/b", "mail/a")]
    return build(MAIL, [drafted([act("mail/a"), act("mail/b")], wants)], FRAME)


@pytest.mark.parametrize(
    "change",
    [
        {"time": FRAME.time + timedelta(microseconds=1)},
        {"cloud": "global"},
        {"partner_tenant": "other"},
        {"manifests": "other"},
        {"base": "4f2a"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_frame_is_another_plan(change: Mapping[str, Any]) -> None:
    found = drafted([act("mail/a"), act("mail/b")])
    assert build(MAIL, [found], replace(FRAME, **change)).id != build(MAIL, [found], FRAME).id


def test_another_action_want_id_or_finding_is_another_plan() -> None:
    base = drafted([act("mail/a")], [thing("mail/a", spec={"size": 1})])
    others = [
        drafted([act("mail/a", why="because")], base.view.wants.values()),
        drafted([act("mail/a")], [thing("mail/a", spec={"size": 2})]),
        replace(base, view=replace(base.view, ids={address("mail/a"): "7"})),
        replace(base, findings=(error("mail/a"),)),
        replace(base, unknown=(address("mail/b"),)),
    ]
    found = {build(MAIL, [each], FRAME).id for each in (base, *others)}
    assert len(found) == 6
    assert build(MAIL, [base], FRAME).id == build(MAIL, [base], FRAME).id


# --- the same bytes -------------------------------------------------------------------------------


def shuffled(seed: int) -> str:
    """The plan of a busy estate, its inputs in an order of chance."""
    chance = random.Random(seed)
    drafts = [busy(name, chance) for name in ("contoso", "fabrikam", "adatum")]
    chance.shuffle(drafts)
    some = list(MAIL.items())
    chance.shuffle(some)
    return write(to_data(build(dict(some), drafts, FRAME)))


def busy(customer: str, chance: random.Random) -> Draft:
    owner = Address("tenant", (customer,))
    base = Address("mail", (customer, "base"))
    wants = [replace(thing("mail/base", spec={"b": 1, "a": 2}), address=base, owner=owner)]
    actions = [Action(base, Verb.CREATE, owner, counts={"addSeats": 1})]
    for n in range(6):
        name = Address("seat", (customer, f"s{n}"))
        wants.append(replace(thing("seat/s"), address=name, needs=frozenset({base, owner})))
        actions.append(Action(name, Verb.CREATE, owner, moves={"P": -1}))
    ids = [action.id for action in actions]
    rules = [Before(ids[1], ids[2]), Before(ids[2], ids[4]), Before(ids[0], ids[3], WAIT)]
    for some in (wants, actions, rules):
        chance.shuffle(some)
    shown = view(*wants, ids={base: "7", owner: customer})
    look = Look(replace(shown, owner=owner), (), tuple(actions))
    return replace(draft(MAIL, look), before=tuple(rules))


def test_shuffled_inputs_give_the_same_bytes() -> None:
    assert len({shuffled(seed) for seed in range(20)}) == 1


def test_another_hash_seed_gives_the_same_bytes() -> None:
    code = "import sys; from plan.test_plan_build import shuffled; sys.stdout.write(shuffled(3))"
    here = Path(__file__).parent.parent

    def other(seed: str) -> str:
        paths = os.pathsep.join([str(here), str(here.parents[1])])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
        run = [sys.executable, "-W", "error", "-c", code]
        return subprocess.run(
            run, env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert {other(seed) for seed in "012"} == {shuffled(7)}
