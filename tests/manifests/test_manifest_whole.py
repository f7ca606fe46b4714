"""Collections that are held as a whole, and what a customer leaves out of its blueprints."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.model import Owns

HEAD = "apiVersion: pcsync/v1\nkind: {}\nmetadata: {{name: {}}}\nspec:\n"
M365 = (
    "{name: m365, product: CFQ7TTC0LCHC:0002, termDuration: P1Y, billingCycle: none, quantity: 5}"
)
F3 = "{name: f3, product: CFQ7TTC0LH05:0001, termDuration: P1M, billingCycle: monthly, quantity: 1}"

LESS = "subscriptions: [{name: f3, omit: true}]"


def document(kind: str, name: str, *lines: str) -> str:
    return HEAD.format(kind, name) + "".join(f"  {line}\n" for line in lines)


def owned(estate: Any) -> list[tuple[str, str, str]]:
    found: tuple[Owns, ...] = estate.load().owns
    return [(str(owns.owner), owns.kind, owns.word) for owns in found]


@pytest.mark.parametrize(
    "words,held",
    [
        ("[]", []),
        ("[subscriptions]", [("subscription", "subscriptions")]),
        ("[licenses]", [("license", "licenses")]),
        (
            "[subscriptions, licenses]",
            [("license", "licenses"), ("subscription", "subscriptions")],
        ),
    ],
)
def test_exclusive_names_collections(estate: Any, words: str, held: list[tuple[str, str]]) -> None:
    estate.write({"a.yaml": document("Customer", "contoso", f"exclusive: {words}")})
    assert owned(estate) == [("customer/contoso", kind, word) for kind, word in held]
    assert all(owns.place.line == 5 for owns in estate.load().owns)


def test_a_person_s_own_list_is_a_whole_by_itself(estate: Any) -> None:
    users = "users: [{userPrincipalName: ana@contoso.com, licenses: []}]"
    estate.write({"a.yaml": document("Customer", "contoso", users)})
    assert owned(estate) == [("user/contoso/ana", "license", "")]


@pytest.mark.parametrize(
    "lines,left",
    [
        (["extends: [base]"], []),
        (
            ["extends: [base]", "subscriptions: [{name: f3, omit: true}]"],
            ["subscription/contoso/f3"],
        ),
        (["extends: [base]", "budget: {omit: true}"], ["budget/contoso"]),
        (["extends: [base, less]"], ["subscription/contoso/f3"]),
        (["extends: [base, less]", f"subscriptions: [{F3}]"], []),
        (["extends: [base]", "subscriptions: [{name: f3, state: absent}]"], []),
    ],
)
def test_what_is_left_out_is_known_by_its_address(
    estate: Any, lines: list[str], left: list[str]
) -> None:
    base = [f"subscriptions: [{M365}, {F3}]", "budget: {amount: 5}"]
    blueprints = [document("Blueprint", "base", *base), document("Blueprint", "less", LESS)]
    estate.write({"b.yaml": "---\n".join(blueprints)})
    estate.write({"c.yaml": document("Customer", "contoso", *lines)})
    assert sorted(map(str, estate.load().omitted)) == left
