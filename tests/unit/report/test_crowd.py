"""Many alike things of a customer are one entry; what differs in more than a name is told alone."""

from __future__ import annotations

from dataclasses import replace

from pcsync.model import Action, Await, Is, Step, Verb
from pcsync.report.document import plan_document
from pcsync.report.human import render

from . import sample

SKUS = {"ana": "SPB", "ben": "SPB", "cora": "EXCHANGE"}


def user(name: str, country: str = "PL") -> Action:
    sign_in = ("userPrincipalName", None, f"{name}@contoso.example")
    return sample.act(
        f"user/contoso/{name}", Verb.CREATE, sign_in, ("usageLocation", None, country), people=1
    )


def licence(name: str, sku: str) -> Action:
    return sample.act(
        f"license/contoso/{name}/{sku}", Verb.CREATE, moves={sku: -1}, title=f"Product {sku}"
    )


def text(*actions: Action, steps: tuple[Step, ...] = ()) -> str:
    calls = tuple(sample.call(action.id, "POST", "/v1/users", action) for action in actions)
    return render(plan_document(sample.made(actions, (*steps, *calls))))


def test_accounts_stand_once_with_what_they_share() -> None:
    told = text(*map(user, SKUS))
    assert (
        "+ 3 users, usageLocation PL                                             3 writes\n"
        "    ana   ben   cora\n" in told
    )
    assert "user/contoso/ana" not in told


def test_values_of_few_are_counted() -> None:
    told = text(user("ana"), user("ben"), user("cora", "DE"))
    assert "+ 3 users, usageLocation PL (2), DE (1) " in told


def test_words_of_the_actions_stand_for_their_fields() -> None:
    secret = ("new password", "to file:secrets.jsonl")
    some = (replace(user(name), says=(("usageLocation", "PL"), secret)) for name in SKUS)
    told = " ".join(text(*some).split())
    assert "+ 3 users, usageLocation PL, new password to file:secrets.jsonl 3 writes" in told


def test_many_names_stand_in_columns() -> None:
    told = text(*(user(f"person{at:02}") for at in range(30)))
    assert "    person00    person01    person02    person03    person04    person05\n" in told
    assert "    person18    person19    person20    person21    person22    person23\n" in told
    assert "    and 6 more\n" in told


def test_two_are_no_crowd() -> None:
    assert "+ user/contoso/ana" in text(user("ana"), user("ben"))


def test_licences_stand_by_product_with_who_gets_them() -> None:
    told = text(*(licence(name, sku) for name, sku in SKUS.items()), licence("ana", "POWER_BI"))
    assert (
        "+ 4 licences for 3 people                                               4 writes" in told
    )
    assert "    SPB       Product SPB       2 people\n      ana, ben\n" in told
    assert "    EXCHANGE  Product EXCHANGE  1 person\n      cora\n" in told


def test_people_who_come_in_the_same_plan_are_not_named_twice() -> None:
    come = [replace(user(name), owner=sample.address("customer/contoso")) for name in SKUS]
    seats = [
        replace(licence(name, "SPB"), owner=sample.address(f"user/contoso/{name}")) for name in SKUS
    ]
    told = text(*come, *seats)
    assert "+ 3 licences for 3 people, one call a person " in told
    assert "3 people\n\n" in told
    assert told.count("ana") == 1


def test_a_wait_of_a_crowd_stands_once() -> None:
    some = [licence(name, "SPB") for name in SKUS]
    wait = Await(
        "seats", tuple(action.id for action in some), "/w", Is("a", 1), says="3 seats are there"
    )
    assert text(*some, steps=(wait,)).count("first waits until 3 seats are there") == 1


def test_deletions_of_people_are_told_one_by_one() -> None:
    gone = [sample.act(f"user/contoso/{name}", Verb.DELETE, people=-1) for name in SKUS]
    assert "users" not in text(*gone).partition("NOW")[2].partition("CALENDAR")[0]
