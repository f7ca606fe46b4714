"""Every problem of every file at once, each at its own line and in words of its own."""

from __future__ import annotations

from typing import Any

import pytest

HEAD = "apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: contoso}\nspec:\n"
SUBSCRIPTION = "product: CFQ7TTC0LCHC:0002, termDuration: P1Y, billingCycle: monthly, quantity: 18"
TEN = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: Contoso}
spec:
  domian: contoso.onmicrosoft.com
  tenantId: 12345
  billingProfile:
    firstName: ''
    culture: ~
  delegation: {gdapByDefault: yes}
  exclusive: [users]
  budget: {amount: 1_000}
  subscriptions:
    - name: m365
      product: CFQ7TTC0LCHC:0002
      termDuration: P2Y
      quantity: 18
"""


def test_ten_mistakes_are_ten_lines(estate: Any) -> None:
    estate.write({"a.yaml": TEN})
    lines = estate.problems()
    assert [line.split(": ")[0] for line in lines] == [
        "a.yaml:3:18",
        "a.yaml:5:3",
        "a.yaml:6:13",
        "a.yaml:8:16",
        "a.yaml:9:14",
        "a.yaml:10:31",
        "a.yaml:11:15",
        "a.yaml:12:20",
        "a.yaml:14:7",
        "a.yaml:16:21",
    ]
    assert lines[8] == (
        "a.yaml:14:7: `billingCycle` is missing; add it, such as `billingCycle: annual`"
    )


def test_no_line_speaks_of_schemas(estate: Any) -> None:
    estate.write({"a.yaml": TEN})
    for line in estate.problems():
        _, _, said = line.partition(": ")
        assert said[0] in "`0123456789abcdefghijklmnopqrstuvwxyz"
        assert "; " in said
        for jargon in ("schema", "is not of type", "None", "'", "propert", "instance"):
            assert jargon not in said.replace("can't", "")


@pytest.mark.parametrize(
    "spec,said",
    [
        (
            "  organisation: x\n",
            "5:3: `organisation`: unknown field; known here: `acknowledge`,",
        ),
        ("  name: contoso\n", "5:3: `name`: not a word here; write it as `metadata.name`"),
        ("  users: []\n", "5:3: `users`: the list is empty; leave the key out: users are never"),
        ("  users: ana\n", "5:10: `users`: `ana` where a list belongs; write a list"),
        ("  users: {a: b}\n", "5:3: `users`: a mapping where a list belongs; write a list"),
        ("  users: [ana]\n", "5:11: `ana` where a mapping belongs; write a mapping"),
        ("  users: ~\n", "5:10: `users`: `null` can't be used: there is no way to clear it;"),
        ("  users:\n", "5:9: `users`: nothing stands after it; write what belongs there,"),
        ("  users:\n    -\n", "6:6: an item without a value; write one, or remove the line"),
        ("  budget: [1]\n", "5:3: `budget`: a list where a mapping belongs; write a mapping"),
        ("  budget: {amount: -1}\n", "5:20: `amount`: `-1` is too small; write 0 or more"),
        ("  budget: {customer: x, amount: 1}\n", "5:12: `customer`: not a word here; remove it:"),
        ("  exclusive: [users]\n", "5:15: `exclusive.0`: `users` is not a word here; users are"),
        ("  domain: contoso.com\n", "5:11: `domain`: `contoso.com` is not of the form it needs;"),
        ("  domain: x.onmicrosoft.com.\n", "5:11: `domain`: "),
        ("  domain: |\n    x.onmicrosoft.com\n", "5:11: `domain`: `x.onmicrosoft.com\\n` is not"),
        (f"  tenantId: {'x' * 90}\n", f"5:13: `tenantId`: `{'x' * 60}…` is not of the form"),
        ("  companyProfile:\n    organizationRegistrationNumber:\n", "6:36: "),
        ("  billingProfile: {companyName: x}\n", "5:33: `billingProfile.companyName`: `x` is too"),
        (f"  subscriptions: [{{name: a b, {SUBSCRIPTION}}}]\n", "5:26: `name`: `a b` is not of"),
        (f"  subscriptions: [{{{SUBSCRIPTION}}}]\n", "5:19: `name` is missing; add it, such as"),
        ("  licenses: [{user: ana}]\n", "5:14: `subscription` or `sku` is missing; write exactly"),
        ("  licenses: [SPB]\n", "5:14: `SPB` where a mapping belongs"),
    ],
)
def test_what_is_said_of_a_customer(estate: Any, spec: str, said: str) -> None:
    estate.write({"a.yaml": HEAD + spec})
    assert estate.problems()[0].startswith(f"a.yaml:{said}")


@pytest.mark.parametrize(
    "written,said",
    [
        ("autoRenewEnabled: true", "say `endOfTerm: renew`, `cancel` or `extend`: since May 2026"),
        ("scheduledNextTermInstructions: {}", "say `atRenewal`, `endOfTerm` or `billingCycle`"),
        ("scheduledActions: []", "say `atRenewal`, `endOfTerm` or `billingCycle`"),
        ("nextChargeInstructions: {}", "say `atRenewal`, `endOfTerm` or `billingCycle`"),
        ("status: suspended", "say `state: suspended` or `state: absent`"),
        ("state: deleted", "write `state: absent`, or `state: suspended`"),
        ("state: inactive", "write `state: absent`, or `state: suspended`"),
        ("mpnId: 4847383", "write `partnerId`"),
    ],
)
def test_refused_words_of_a_subscription(estate: Any, written: str, said: str) -> None:
    spec = f"  subscriptions:\n    - {{name: m365, {SUBSCRIPTION}, {written}}}\n"
    estate.write({"a.yaml": HEAD + spec})
    (problem,) = estate.problems()
    assert f"; {said}" in problem


@pytest.mark.parametrize(
    "written,said",
    [
        ("blockSignIn: true", "not in this API: block the sign-in by hand"),
        ("accountEnabled: false", "not in this API: block the sign-in by hand"),
        ("mailbox: shared", "not in this API: change the mailbox by hand"),
        ("status: gone", "say `state: suspended` or `state: absent`"),
        ("state: deleted", "write `state: absent`"),
        ("password: hunter2", "write a reference: `{env: NAME}`, `{file: PATH}` or `{generate"),
        ("password: {}", "write exactly one of `env`, `file` or `generate`"),
        ("password: {env: A, file: b}", "write exactly one of `env`, `file` or `generate`"),
        ("password: {generate: false}", "write `true`"),
        ("persona: office", "add it to the customer's `personas`"),
        ("usageLocation: UK", "write `GB`"),
        ("licenses: [+power-bi]", "remove the `+`, or say which `persona` it is"),
        ("licenses: [{sku: SPB, state: absent}]", "known here: "),
        ("licenses: [{sku: SPB, user: ana}]", "remove it: what it stands in says so already"),
    ],
)
def test_refused_words_of_a_user(estate: Any, written: str, said: str) -> None:
    spec = f"  users:\n    - {{userPrincipalName: ana@contoso.onmicrosoft.com, {written}}}\n"
    estate.write({"a.yaml": HEAD + spec})
    (problem,) = estate.problems()
    assert f"; {said}" in problem
    assert "hunter2" not in problem


@pytest.mark.parametrize(
    "written,said",
    [
        ("alignEnd: tuesday", "`alignEnd`"),
        ("maxPrice: {each: 264.00}", "`currency`"),
        ("maxPrice: {each: -1, currency: EUR}", "`maxPrice.each`"),
        ("maxPrice: {each: 264.001, currency: EUR}", "`maxPrice.each`"),
        ("maxPrice: {each: 264, currency: euro}", "`maxPrice.currency`"),
        ("alignEnd: {on: m365}", "`with`"),
        ("promotionId: cheap", "`promotionId`"),
        ("promotionId: {required: true}", "`id`"),
        ("trial: {}", "`then`"),
        ("trial: {then: paid}", "`trial.then`"),
        ("trial: {then: {product: CFQ7TTC0LCHC:0002}}", "`trial.then`"),
        ("atRenewal: {quantity: 23}", "`of`"),
        ("atRenewal: {of: january}", "`atRenewal.of`"),
        ("atRenewal: {of: 2027-01-01, quantity: 0}", "`atRenewal.quantity`"),
        ("change: {product: later}", "`change.product`"),
        ("endOfTerm: stop", "`endOfTerm`"),
        ("onRemove: delete", "`onRemove`"),
    ],
)
def test_words_of_a_subscription_that_are_none(estate: Any, written: str, said: str) -> None:
    spec = f"  subscriptions:\n    - {{name: m365, {SUBSCRIPTION}, {written}}}\n"
    estate.write({"a.yaml": HEAD + spec})
    problems = estate.problems()
    assert all("not supported yet" not in problem for problem in problems)
    assert said in problems[0]


@pytest.mark.parametrize(
    "head,said",
    [
        ("apiVersion: pcsync/v2\nkind: Customer", "1:13: `apiVersion`: `pcsync/v2` is not known;"),
        ("apiVersion: pcsync/v1\nkind: Costumer", "2:7: `kind`: `Costumer` is not a kind; did you"),
        ("apiVersion: pcsync/v1\nkind: Blueprint\nspec: {}", "1:1: `metadata` is missing"),
        ("apiVersion: pcsync/v1\nkind: Exception", "2:7: `kind`: `Exception` is not supported yet"),
        ("apiVersion: pcsync/v1\nkind: Project", "2:7: `kind`: `Project` holds settings"),
        ("apiVersion: pcsync/v1", "1:1: `kind` is missing; say what it declares"),
        ("apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: a}", "1:1: `spec` is missing"),
        ("apiVersion: pcsync/v1\nkind: Customer\nspec: {}", "1:1: `metadata` is missing"),
        (
            "apiVersion: pcsync/v1\nkind: Customer\nspec: {}\nmetadata: {}",
            "4:1: `metadata`: `name`",
        ),
        ("apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: a}\nspec: [1]", "4:1: `spec`: a"),
        ("apiVersion: pcsync/v1\nkind: Budget\nspec: {amount: 1}", "3:1: `customer` is missing"),
    ],
)
def test_what_is_said_of_a_document(estate: Any, head: str, said: str) -> None:
    estate.write({"a.yaml": f"{head}\n"})
    assert estate.problems()[0].startswith(f"a.yaml:{said}")


@pytest.mark.parametrize(
    "metadata,said",
    [
        ("{name: a, lables: {}}", "3:21: `metadata.lables`: unknown field; did you mean `labels`?"),
        ("{name: a, labels: [x]}", "3:21: `metadata.labels`: a list where a mapping belongs;"),
        ("{name: a, labels: {x: [1]}}", "3:30: `metadata.labels.x`: a list where a text belongs;"),
        ("{name: a, annotations: {x: ~}}", "3:38: `metadata.annotations.x`: `null` can't be used"),
        ("{name: -a}", "3:18: `metadata.name`: `-a` is not of the form it needs;"),
        ("{name: %s}" % ("a" * 64), "3:18: `metadata.name`: "),
    ],
)
def test_what_is_said_of_metadata(estate: Any, metadata: str, said: str) -> None:
    text = f"apiVersion: pcsync/v1\nkind: Customer\nmetadata: {metadata}\nspec: {{}}\n"
    estate.write({"a.yaml": text})
    assert estate.problems()[0].startswith(f"a.yaml:{said}")


def test_text_in_labels_is_kept_as_written(estate: Any) -> None:
    text = HEAD.replace("{name: contoso}", "{name: contoso, annotations: {ticket: 0042, ok: no}}")
    estate.write({"a.yaml": text.rstrip() + " {}\n"})
    (resource,) = estate.load().resources
    assert resource.annotations == {"ticket": "0042", "ok": "no"}
