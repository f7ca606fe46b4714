"""What comes of valid manifests: resources, owners, places; what is only seen over all files."""

from __future__ import annotations

import random
from typing import Any

import pytest

from pcsync.model import Address, Owns, Place

HEAD = "apiVersion: pcsync/v1\nkind: "
CONTOSO = HEAD + "Customer\nmetadata: {name: contoso}\nspec: {domain: contoso.onmicrosoft.com}\n"
M365 = (
    "product: CFQ7TTC0LCHC:0002, termDuration: P1Y, billingCycle: monthly, quantity: 18, "
    "endOfTerm: renew"
)
COPILOT = M365.replace("CFQ7TTC0LCHC:0002", "CFQ7TTC0MM8R:0001")
ALONE = {
    "contoso.yaml": CONTOSO,
    "m365.yaml": HEAD
    + f"Subscription\nmetadata: {{name: m365}}\nspec: {{customer: contoso, {M365}}}\n",
    "copilot.yaml": HEAD
    + f"Subscription\nmetadata: {{name: copilot}}\nspec: {{customer: contoso, {COPILOT}}}\n",
    "ana.yaml": HEAD
    + "User\nspec: {customer: contoso, userPrincipalName: ana@contoso.example, licenses: [m365]}\n",
    "bob.yaml": HEAD + "User\nspec: {customer: contoso, userPrincipalName: bob@contoso.example}\n",
    "license.yaml": HEAD
    + "LicenseAssignment\nspec: {customer: contoso, user: bob, subscription: copilot}\n",
    "budget.yaml": HEAD + "Budget\nspec: {customer: contoso, amount: 6500.00}\n",
}
NESTED = f"""\
{HEAD}Customer
metadata: {{name: contoso}}
spec:
  domain: contoso.onmicrosoft.com
  budget: {{amount: 6500}}    # the same number
  licenses: [{{user: bob, subscription: copilot}}]
  subscriptions:
    - {{name: copilot, {COPILOT}}}
    - {{name: m365, {M365}}}
  users:
    - userPrincipalName: bob@contoso.example
    - {{userPrincipalName: ana@contoso.example, licenses: [m365]}}
"""


def addresses(manifests: Any) -> list[str]:
    return [str(each.address) for each in manifests.resources]


def test_nested_and_alone_are_the_same(estate: Any) -> None:
    estate.write({**{f"alone/{name}": text for name, text in ALONE.items()}, "nested.yaml": NESTED})
    alone, nested = estate.load("alone"), estate.load("nested.yaml")
    assert addresses(alone) == addresses(nested)
    assert len(addresses(nested)) == 8
    assert [(each.spec, each.owner, each.needs) for each in alone.resources] == [
        (each.spec, each.owner, each.needs) for each in nested.resources
    ]
    assert [(each.owner, each.kind) for each in alone.owns] == [
        (each.owner, each.kind) for each in nested.owns
    ]
    assert alone.digest == nested.digest


def test_everything_has_its_place(estate: Any) -> None:
    estate.write({"nested.yaml": NESTED})
    found = {str(each.address): each for each in estate.load().resources}
    assert found["customer/contoso"].place == Place("nested.yaml", 1, 1)
    assert found["customer/contoso"].at("domain") == Place("nested.yaml", 5, 11)
    assert found["budget/contoso"].at("amount") == Place("nested.yaml", 6, 20)
    assert found["user/contoso/bob"].place == Place("nested.yaml", 12, 7)


def test_a_list_of_licences_is_owned_even_if_it_is_empty(estate: Any) -> None:
    empty = ALONE["ana.yaml"].replace("[m365]", "[]")
    estate.write({"contoso.yaml": CONTOSO, "ana.yaml": empty, "bob.yaml": ALONE["bob.yaml"]})
    (owns,) = estate.load().owns
    ana = Address("user", ("contoso", "ana"))
    assert owns == Owns(ana, "license", Place("ana.yaml", 3, 67))


def test_no_subscriptions_are_as_if_absent(estate: Any) -> None:
    estate.write({"a.yaml": CONTOSO.replace("{domain", "{subscriptions: [], domain")})
    manifests = estate.load()
    assert (addresses(manifests), manifests.owns) == (["customer/contoso"], ())


def test_null_clears_a_budget(estate: Any) -> None:
    estate.write({"a.yaml": CONTOSO.replace("{domain", "{budget: {amount: null}, domain")})
    budget, _ = estate.load().resources
    assert budget.spec == {"amount": None}


@pytest.mark.parametrize("seed", range(4))
def test_the_digest_is_that_of_what_is_declared(estate: Any, seed: int) -> None:
    estate.write(ALONE)
    before = estate.load().digest
    shuffle = random.Random(seed).shuffle
    documents = list(ALONE.values())
    shuffle(documents)
    estate.write({f"other/{seed}.yaml": "---\n".join(f"# comment\n{each}" for each in documents)})
    assert estate.load("other").digest == before


@pytest.mark.parametrize(
    "old,new",
    [
        ("6500.00", "6500.01"),
        ("bob@contoso", "bob@fabrikam"),
        ("[m365]", "[]"),
        ("licenses: [m365]", "usageLocation: PL"),
        ("{name: contoso}", "{name: contoso, labels: {wave: 2}}"),
        ("{name: contoso}", "{name: contoso, annotations: {ticket: 0042}}"),
    ],
)
def test_the_digest_sees_every_change(estate: Any, old: str, new: str) -> None:
    estate.write({"a.yaml": "---\n".join(ALONE.values())})
    before = estate.load().digest
    estate.write({"a.yaml": "---\n".join(ALONE.values()).replace(old, new)})
    assert estate.load().digest != before


def test_the_same_thing_twice_names_both_places(estate: Any) -> None:
    estate.write({**ALONE, "z.yaml": NESTED})
    lines = estate.problems()
    assert (
        "z.yaml:1:1: `customer/contoso` is declared twice, first at contoso.yaml:1:1;" in lines[0]
    )
    assert len([line for line in lines if "is declared twice" in line]) == 8


def test_owners_that_nobody_declares(estate: Any) -> None:
    bob = ALONE["bob.yaml"].replace("contoso,", "contosso,")
    estate.write({"contoso.yaml": CONTOSO, "bob.yaml": bob})
    assert estate.problems() == [
        "bob.yaml:3:18: `customer/contosso` is not declared; did you mean `contoso`?"
    ]


def test_users_that_nobody_declares(estate: Any) -> None:
    files = {name: ALONE[name] for name in ("contoso.yaml", "copilot.yaml", "license.yaml")}
    estate.write(files)
    assert estate.problems() == [
        "license.yaml:3:33: `user/contoso/bob` is not declared; declare it, or correct the name"
    ]


def test_subscriptions_that_nobody_declares(estate: Any) -> None:
    estate.write({**ALONE, "ana.yaml": ALONE["ana.yaml"].replace("[m365]", "[m356]")})
    (problem,) = estate.problems()
    assert problem.startswith("ana.yaml:3:78: ")
    assert "m356" in problem


def test_what_is_broken_is_not_missing_besides(estate: Any) -> None:
    broken = {
        "m365.yaml": ALONE["m365.yaml"].replace("P1Y", "P2Y"),
        "bob.yaml": ALONE["bob.yaml"].replace("bob@contoso.example", "bob"),
    }
    estate.write({**ALONE, **broken})
    assert [line.split(":")[0] for line in estate.problems()] == ["bob.yaml", "m365.yaml"]


def test_a_broken_customer_does_not_hide_what_is_in_it(estate: Any) -> None:
    text = NESTED.replace("domain:", "domian:").replace("[m365]", "[m356]").replace("P1Y", "P2Y", 1)
    estate.write({"a.yaml": text})
    assert [line.split(": ")[0] for line in estate.problems()] == [
        "a.yaml:5:3",
        "a.yaml:9:65",
        "a.yaml:13:59",
    ]


def test_an_unreadable_file_is_not_said_to_lack_things(estate: Any) -> None:
    estate.write({**ALONE, "contoso.yaml": "kind: [\n" + CONTOSO})
    (problem,) = estate.problems()
    assert problem.startswith("contoso.yaml:")


def test_a_list_of_licences_and_one_beside_it(estate: Any) -> None:
    beside = ALONE["license.yaml"].replace("user: bob", "user: ana")
    estate.write({**ALONE, "license.yaml": beside})
    (problem,) = estate.problems()
    assert problem == (
        "license.yaml:1:1: `user/contoso/ana` has a list of its own at ana.yaml:3:67; "
        "move it into that list"
    )
