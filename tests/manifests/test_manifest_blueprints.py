"""Blueprints: the merge table row by row, the order of layers, and every mistake at its place."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from pcsync.manifests import render
from pcsync.model import Place

HEAD = "apiVersion: pcsync/v1\nkind: {}\nmetadata: {{name: {}}}\nspec:\n"
M365 = "product: CFQ7TTC0LCHC:0002, termDuration: P1Y, billingCycle: annual, quantity: 5"
EUR = {"currency": "EUR"}
NINE = "{name: a, quantity: 9}"
F3 = "product: CFQ7TTC0LH05:0001, termDuration: P1M, billingCycle: monthly, quantity: 1"


def blueprint(name: str, *lines: str) -> str:
    return HEAD.format("Blueprint", name) + "".join(f"  {line}\n" for line in lines)


def customer(*lines: str, name: str = "contoso") -> str:
    return HEAD.format("Customer", name) + "".join(f"  {line}\n" for line in lines)


def merged(estate: Any, earlier: str, later: str) -> Any:
    """The spec that `render` prints of a customer upon one blueprint."""
    estate.write({"b.yaml": blueprint("base", earlier)})
    estate.write({"c.yaml": customer("extends: [base]", later)})
    text = render("contoso", [estate.folder], estate.kinds, root=estate.folder)
    return yaml.safe_load(text or "")["spec"]


@pytest.mark.parametrize(
    "earlier,later,found",
    [
        ("delegation: {gdapByDefault: true}", "delegation: {gdapByDefault: false}", False),
        ("delegation: {gdapByDefault: true}", "delegation: {}", True),
    ],
)
def test_scalars_are_replaced_and_mappings_merged(
    estate: Any, earlier: str, later: str, found: bool
) -> None:
    assert merged(estate, earlier, later) == {"delegation": {"gdapByDefault": found}}


@pytest.mark.parametrize(
    "earlier,later,found",
    [
        ("budget: {currency: EUR, amount: 1}", "budget: {amount: 2}", {"amount": 2, **EUR}),
        ("budget: {amount: 100}", "budget: {amount: null}", {"amount": None}),
        ("budget: {currency: EUR}", "budget: {amount: 5}", {"amount": 5, **EUR}),
        ("budget: {amount: 100}", "budget: {omit: true}", None),
    ],
)
def test_a_single_nested_thing(estate: Any, earlier: str, later: str, found: Any) -> None:
    assert merged(estate, earlier, later).get("budget") == found


@pytest.mark.parametrize(
    "earlier,later,found",
    [
        (f"{{name: a, {M365}}}", NINE, [("a", 9)]),
        (f"{{name: a, {M365}}}", f"{NINE}, {{name: f, {F3}}}", [("a", 9), ("f", 1)]),
        (f"{{name: a, {M365}}}, {{name: f, {F3}}}", "{name: f, quantity: 2}", [("a", 5), ("f", 2)]),
        (f"{{name: a, {M365}}}, {{name: f, {F3}}}", "{name: f, omit: true}", [("a", 5)]),
        (f"{{name: a, {M365}}}", "", [("a", 5)]),
    ],
)
def test_named_things_merge_by_name(estate: Any, earlier: str, later: str, found: Any) -> None:
    spec = merged(estate, f"subscriptions: [{earlier}]", f"subscriptions: [{later}]")
    assert [(each["name"], each["quantity"]) for each in spec["subscriptions"]] == found


@pytest.mark.parametrize(
    "earlier,later,found",
    [
        ("{office: [SPB]}", "{office: [SPB, STREAM]}", {"office": ["SPB", "STREAM"]}),
        ("{office: [SPB]}", "{other: []}", {"office": ["SPB"], "other": []}),
        ("{office: [SPB, STREAM]}", "{office: [STREAM]}", {"office": ["STREAM"]}),
    ],
)
def test_personas_are_replaced_name_by_name(
    estate: Any, earlier: str, later: str, found: Any
) -> None:
    assert merged(estate, f"personas: {earlier}", f"personas: {later}")["personas"] == found


@pytest.mark.parametrize(
    "earlier,later,found",
    [
        ("{usageLocation: DE}", "{domain: a.b}", {"usageLocation": "DE", "domain": "a.b"}),
        ("{usageLocation: DE}", "{usageLocation: AT}", {"usageLocation": "AT"}),
        ("{password: {generate: true}}", "{password: {env: A}}", {"password": {"env": "A"}}),
    ],
)
def test_defaults_of_users_merge_key_by_key(
    estate: Any, earlier: str, later: str, found: Any
) -> None:
    spec = merged(estate, f"userDefaults: {earlier}", f"userDefaults: {later}")
    assert spec["userDefaults"] == found


def test_a_user_stands_upon_defaults_and_personas_of_blueprints(estate: Any) -> None:
    office = blueprint(
        "office",
        "userDefaults: {usageLocation: DE, domain: contoso.example}",
        f"subscriptions: [{{name: m365, {M365}}}]",
        "personas: {office: [m365]}",
    )
    users = "users: [{userPrincipalName: ana, usageLocation: AT, persona: office}]"
    estate.write({"b.yaml": office, "c.yaml": customer("extends: [office]", users)})
    found = {str(each.address): each for each in estate.load().resources}
    assert found["user/contoso/ana"].spec["usageLocation"] == "AT"
    assert found["user/contoso/ana"].spec["userPrincipalName"] == "ana@contoso.example"
    assert found["license/contoso/ana/SPB"].place == Place("b.yaml", 7, 23)
    assert found["subscription/contoso/m365"].at("quantity") == Place("b.yaml", 6, 111)


def test_labels_of_blueprints_are_inherited_key_by_key(estate: Any) -> None:
    base = blueprint("base", "budget: {amount: 1}").replace(
        "{name: base}", "{name: base, labels: {a: x, b: y}}"
    )
    own = customer("extends: [base]").replace("{name: contoso}", "{name: contoso, labels: {b: z}}")
    estate.write({"b.yaml": base, "c.yaml": own})
    inherited = estate.load().digest
    whole = customer("budget: {amount: 1}").replace("contoso}", "contoso, labels: {a: x, b: z}}")
    estate.write({"other/c.yaml": whole})
    assert estate.load("other").digest == inherited


def test_order_is_left_to_right_and_each_counts_once(estate: Any) -> None:
    files = {
        "root": blueprint("root", "budget: {amount: 1}"),
        "left": blueprint("left", "extends: [root]", "budget: {amount: 2, currency: EUR}"),
        "right": blueprint("right", "extends: [root]", "delegation: {gdapByDefault: false}"),
    }
    estate.write({f"{name}.yaml": text for name, text in files.items()})
    estate.write({"c.yaml": customer("extends: [left, right]")})
    budget = next(each for each in estate.load().resources if each.address.kind == "budget")
    assert (budget.spec["amount"], budget.at("amount").file) == (2, "left.yaml")


@pytest.mark.parametrize("seed", range(3))
def test_moving_blueprints_between_files_changes_nothing(estate: Any, seed: int) -> None:
    documents = [
        blueprint("office", f"subscriptions: [{{name: m365, {M365}}}]"),
        blueprint("more", "extends: [office]", "budget: {amount: 5}"),
        customer("extends: [more]", "subscriptions: [{name: m365, quantity: 9}]"),
    ]
    estate.write({f"one/{number}.yaml": text for number, text in enumerate(documents)})
    random.Random(seed).shuffle(documents)
    estate.write({"two/all.yaml": "---\n".join(documents)})
    assert estate.load("one").digest == estate.load("two").digest


@pytest.mark.parametrize(
    "line,said",
    [
        ("extends: [ofice]", "the blueprint `ofice` is not declared; did you mean `office`?"),
        (
            "extends: office",
            '`extends`: `office` where a list belongs; write a list, such as `["office"]`',
        ),
        ("extends: [Office]", "the blueprint `Office` is not declared; did you mean `office`?"),
        (
            "subscriptions: [{name: m365, omit: true, quantity: 1}]",
            "`quantity`: nothing but `name` stands beside `omit`; remove it, or remove `omit`",
        ),
        (
            "subscriptions: [{name: m356, omit: true}]",
            "`m356` is not inherited: there is nothing to leave out; did you mean `m365`?",
        ),
        (
            "budget: {omit: true}",
            "`budget` is not inherited: there is nothing to leave out; remove it",
        ),
        (
            "subscriptions: [{name: m365, quantity: many}]",
            "`quantity`: `many` is no whole number; write digits only, such as `18`",
        ),
        (
            "subscriptions: [{name: new, quantity: 1}]",
            "`billingCycle` is missing; add it, such as `billingCycle: annual`",
        ),
    ],
)
def test_mistakes_of_a_customer(estate: Any, line: str, said: str) -> None:
    start = [] if line.startswith("extends") else ["extends: [office]"]
    office = blueprint("office", f"subscriptions: [{{name: m365, {M365}}}]")
    estate.write({"b.yaml": office, "c.yaml": customer(*start, line)})
    problem = estate.problems()[0]
    assert problem.startswith(f"c.yaml:{5 + len(start)}:")
    assert problem.endswith(f": {said}")


@pytest.mark.parametrize(
    "line,said",
    [
        *(
            (f"{word}: {{}}", f"5:3: `{word}`: not a word here; a blueprint can't say it: write it")
            for word in ("tenantId", "domain", "companyProfile", "billingProfile", "users")
        ),
        ("subscriptions: [{name: a, id: b}]", "5:29: `id`: not a word here; a blueprint can't"),
        ("subscriptions: [{quantity: 1}]", "5:19: `name` is missing; add it, such as"),
        ("subscriptions: [{name: a, termDuration: P2Y}]", "5:43: `termDuration`: `P2Y` is not a"),
        ("budget: {amount: -1}", "5:20: `amount`: `-1` is too small; write 0 or more"),
        ("personas: {office: m365}", "5:22: `personas.office`: `m365` where a list belongs"),
        ("budget: {omit: true, amount: 1}", "5:24: `amount`: nothing but `name` stands beside"),
        ("extends: [base]", "5:13: blueprints that extend each other: base -> base; remove one"),
        ("extends: [bsae]", "5:13: the blueprint `bsae` is not declared; did you mean `base`?"),
    ],
)
def test_mistakes_of_a_blueprint_are_told_once(estate: Any, line: str, said: str) -> None:
    estate.write({"b.yaml": blueprint("base", line)})
    (problem,) = estate.problems()
    assert problem.startswith(f"b.yaml:{said}")


def test_a_mistake_that_customers_inherit_stands_where_it_was_written(estate: Any) -> None:
    estate.write({"b.yaml": blueprint("base", "budget: {amount: -1}")})
    for name in ("contoso", "fabrikam"):
        estate.write({f"{name}.yaml": customer("extends: [base]", name=name)})
    (problem,) = estate.problems()
    assert problem.startswith("b.yaml:5:20: `amount`: `-1` is too small")


def test_a_cycle_names_the_chain_once(estate: Any) -> None:
    for name, other in (("b", "c"), ("a", "b"), ("c", "a")):
        estate.write({f"{name}.yaml": blueprint(name, f"extends: [{other}]")})
    user = "users: [{userPrincipalName: ana@contoso.example, licenses: [m365]}]"
    alone = HEAD.format("User", "bob") + "  customer: contoso\n"
    alone += "  userPrincipalName: bob@contoso.example\n  licenses: [m365]\n"
    estate.write({"z.yaml": customer("extends: [c]", user), "bob.yaml": alone})
    assert estate.problems() == [
        "c.yaml:5:13: blueprints that extend each other: a -> b -> c -> a; remove one of them"
    ]


def test_a_blueprint_twice(estate: Any) -> None:
    estate.write({f"{n}.yaml": blueprint("base", "budget: {amount: 1}") for n in ("a", "b")})
    assert estate.problems() == [
        "b.yaml:1:1: the blueprint `base` is declared twice, first at a.yaml:1:1; "
        "keep one of the two"
    ]


def test_a_long_chain_ends(estate: Any) -> None:
    chain = [blueprint(f"b{n}", f"extends: [b{n + 1}]") for n in range(60)]
    estate.write({"a.yaml": "---\n".join([*chain, blueprint("b60", "budget: {amount: 1}")])})
    assert "more than 40 blueprints upon each other; flatten them" in estate.problems()[0]


def test_nothing_is_left_out_where_nothing_is_inherited(estate: Any) -> None:
    estate.write({"c.yaml": customer("subscriptions: [{name: f3, omit: true}]")})
    assert estate.problems() == [
        "c.yaml:5:19: `omit`: nothing is inherited here that could be left out; "
        "remove it, or extend the blueprint that has it"
    ]


@pytest.mark.parametrize("name", ["office-estate", "onboarding"])
def test_the_examples_of_the_reference_load(estate: Any, name: str) -> None:
    text = Path(__file__).with_name(f"{name}.yaml").read_text("utf-8")
    estate.write({"a.yaml": text})
    found = [str(each.address) for each in estate.load().resources]
    expected = {
        "office-estate": ["subscription/bergmann/m365", "subscription/maas/f3"],
        "onboarding": ["license/klinika-portowa/anna.zielinska/POWER_BI_PRO"],
    }[name]
    assert set(expected) <= set(found)
    assert "subscription/bergmann/f3" not in found
