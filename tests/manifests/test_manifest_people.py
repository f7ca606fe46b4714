"""`userDefaults` and `personas`: what a customer says of all its people at once."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.model import Place

HEAD = "apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: contoso}\nspec:\n"
M365 = "product: CFQ7TTC0LCHC:0002, termDuration: P1Y, billingCycle: monthly, quantity: 18"
BASE = (
    f"{HEAD}"
    f"  subscriptions: [{{name: m365, {M365}}}]\n"
    "  personas: {office: [m365], reception: [EXCHANGESTANDARD]}\n"
    "  userDefaults: {domain: contoso.example, usageLocation: PL, password: {generate: true}}\n"
    "  users:\n"
)


def users(estate: Any, *lines: str, base: str = BASE) -> dict[str, Any]:
    estate.write({"a.yaml": base + "".join(f"    - {{{line}}}\n" for line in lines)})
    return {str(each.address): each for each in estate.load().resources}


def licenses(found: dict[str, Any], user: str) -> list[str]:
    start = f"license/contoso/{user}/"
    return [address.removeprefix(start) for address in found if address.startswith(start)]


def test_a_local_part_gets_the_domain_and_the_defaults(estate: Any) -> None:
    ana = users(estate, "userPrincipalName: ana")["user/contoso/ana"]
    assert ana.spec == {
        "userPrincipalName": "ana@contoso.example",
        "usageLocation": "PL",
        "password": {"generate": True},
    }
    assert ana.at("userPrincipalName") == Place("a.yaml", 9, 27)
    assert ana.at("usageLocation") == Place("a.yaml", 7, 58)


@pytest.mark.parametrize(
    "own,field,value",
    [
        ("usageLocation: AT", "usageLocation", "AT"),
        ("password: {env: ANA}", "password", {"env": "ANA"}),
        ("password: {generate: true}", "password", {"generate": True}),
        ("lifecycle: existing", "lifecycle", "existing"),
    ],
)
def test_a_users_own_field_wins(estate: Any, own: str, field: str, value: Any) -> None:
    found = users(estate, f"userPrincipalName: ana@fabrikam.example, {own}")["user/contoso/ana"]
    assert found.spec[field] == value
    assert found.spec["userPrincipalName"] == "ana@fabrikam.example"


@pytest.mark.parametrize("default", ["lifecycle: existing", "forceChangePassword: false"])
def test_other_words_have_defaults_too(estate: Any, default: str) -> None:
    base = BASE.replace("usageLocation: PL", default)
    spec = users(estate, "userPrincipalName: ana", base=base)["user/contoso/ana"].spec
    name, _, value = default.partition(": ")
    assert str(spec[name]).lower() == value


@pytest.mark.parametrize(
    "own,held",
    [
        ("persona: office", ["SPB"]),
        ("persona: reception", ["EXCHANGESTANDARD"]),
        ("persona: office, licenses: [+POWER_BI_PRO]", ["POWER_BI_PRO", "SPB"]),
        ("persona: office, licenses: [{sku: +POWER_BI_PRO}]", ["POWER_BI_PRO", "SPB"]),
        ("persona: office, licenses: [POWER_BI_PRO]", ["POWER_BI_PRO"]),
        ("persona: office, licenses: []", []),
        ("licenses: [POWER_BI_PRO]", ["POWER_BI_PRO"]),
    ],
)
def test_a_persona_gives_licences(estate: Any, own: str, held: list[str]) -> None:
    found = users(estate, f"userPrincipalName: ana, {own}")
    assert licenses(found, "ana") == held
    (owns,) = estate.load().owns
    assert str(owns.owner) == "user/contoso/ana"


def test_a_persona_can_be_a_default(estate: Any) -> None:
    base = BASE.replace("usageLocation: PL", "persona: office")
    found = users(estate, "userPrincipalName: ana", base=base)
    assert licenses(found, "ana") == ["SPB"]
    assert found["license/contoso/ana/SPB"].place == Place("a.yaml", 6, 23)


def test_a_document_of_its_own_has_the_personas_but_not_the_defaults(estate: Any) -> None:
    user = "apiVersion: pcsync/v1\nkind: User\nspec: {customer: contoso, userPrincipalName: %s}\n"
    estate.write({"0.yaml": user % "bob@contoso.example, persona: office, licenses: [+STREAM]"})
    found = users(estate, "userPrincipalName: ana")
    assert licenses(found, "bob") == ["SPB", "STREAM"]
    assert found["license/contoso/bob/SPB"].place == Place("a.yaml", 6, 23)
    assert "usageLocation" not in found["user/contoso/bob"].spec


@pytest.mark.parametrize(
    "own,said",
    [
        ("persona: ofice", "9:41: `persona`: `ofice` is not a persona here; did you mean `office`"),
        ("licenses: [+m365]", "9:43: `+` adds to the licences of a persona, and there is none; "),
        (
            "persona: office, licenses: [STREAM, +POWER_BI_PRO]",
            "9:60: an entry without `+` beside entries with it; write `+` before every entry",
        ),
        ("persona: office, licenses: [++m365]", "9:60: `++m365` is not of the form it needs; "),
        ("persona: [office]", "9:32: `persona`: a list where a text belongs; "),
    ],
)
def test_what_is_said_of_personas(estate: Any, own: str, said: str) -> None:
    line = f"    - {{userPrincipalName: ana, {own}}}\n"
    estate.write({"a.yaml": BASE + line})
    (problem,) = estate.problems()
    assert problem.startswith(f"a.yaml:{said}")


@pytest.mark.parametrize(
    "old,new,said",
    [
        ("usageLocation: PL", "usageLocation: UK", "7:58: `userDefaults.usageLocation`: `UK` is"),
        ("usageLocation", "displayName", "7:43: `userDefaults.displayName`: not a word here; "),
        ("usageLocation: PL", "state: absent", "7:43: `userDefaults.state`: not a word here; "),
        ("usageLocation", "usageLocaton", "7:43: `userDefaults.usageLocaton`: unknown field; did"),
        ("{generate: true}", "hunter2", "7:72: `userDefaults.password`: a secret never stands in"),
        ("[m365]", "[+m365]", "6:23: `personas.office.0`: `+m365` is not of the form it needs; "),
        ("[m365]", "[{}]", "6:23: `personas.office.0`: `subscription` or `sku` is missing; "),
        ("[m365]", "m365", "6:22: `personas.office`: `m365` where a list belongs; write a list"),
        ("[m365]", "[m356]", "6:23: m356 is neither a subscription of this customer nor a known"),
    ],
)
def test_mistakes_in_what_is_shared_are_told_once(
    estate: Any, old: str, new: str, said: str
) -> None:
    lines = "".join(f"    - {{userPrincipalName: {n}, persona: office}}\n" for n in ("ana", "bob"))
    estate.write({"a.yaml": BASE.replace(old, new, 1) + lines})
    (problem,) = estate.problems()
    assert problem.startswith(f"a.yaml:{said}")


def test_without_a_domain_the_whole_name_is_asked_for(estate: Any) -> None:
    base = BASE.replace("domain: contoso.example, ", "")
    estate.write({"a.yaml": f"{base}    - {{userPrincipalName: ana}}\n"})
    (problem,) = estate.problems()
    assert problem.startswith("a.yaml:9:27: `userPrincipalName`: `ana` is not of the form it needs")
