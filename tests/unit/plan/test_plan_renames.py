"""Former names: what was known under them holds for the names that things have now."""

from __future__ import annotations

from pcsync.model import Address, Resource, State
from pcsync.plan.recorded import bases_now, gone, recorded_now, removed
from pcsync.plan.renames import renames


def address(text: str) -> Address:
    return Address.parse(text)


def resource(text: str, owner: str | None = None, **words: object) -> Resource:
    return Resource(address(text), {}, address(owner) if owner else None, words=words)


CONTOSO = resource("customer/contoso")
SEATS = resource("subscription/contoso/seats", "customer/contoso", renamedFrom=["m365"])
ANA = resource("user/contoso/ana", "customer/contoso", renamedFrom=["old"])
HERS = resource("license/contoso/ana/SPB", "user/contoso/ana")


def renamed(wants: list[Resource], *known: str) -> dict[str, str]:
    found = renames(wants, map(address, known))
    return {str(old): str(new) for old, new in found.items()}


def test_a_thing_takes_its_line_along() -> None:
    wants = [CONTOSO, SEATS]
    assert renamed(wants, "subscription/contoso/m365", "user/contoso/m365") == {
        "subscription/contoso/m365": "subscription/contoso/seats"
    }


def test_what_belongs_to_it_goes_with_it() -> None:
    wants = [CONTOSO, ANA, HERS]
    assert renamed(wants, "user/contoso/old", "license/contoso/old/SPB") == {
        "license/contoso/old/SPB": "license/contoso/ana/SPB",
        "user/contoso/old": "user/contoso/ana",
    }


def test_a_licence_does_not_go_with_a_subscription_of_its_persons_name() -> None:
    assert renamed([CONTOSO, SEATS], "license/contoso/m365/SPB") == {}


def test_an_address_that_is_declared_again_is_nobodys_former_one() -> None:
    again = resource("subscription/contoso/m365", "customer/contoso")
    assert renamed([CONTOSO, SEATS, again], "subscription/contoso/m365") == {}
    ids = recorded_now([CONTOSO, SEATS, again], {again.address: "1"})
    assert ids == {again.address: "1"}


def test_a_customer_takes_everything_along_through_both_renames() -> None:
    new = resource("customer/gmbh", renamedFrom=["contoso"])
    seats = resource("subscription/gmbh/seats", "customer/gmbh", renamedFrom=["m365"])
    known = ("customer/contoso", "budget/contoso", "subscription/contoso/m365")
    assert renamed([new, seats], *known) == {
        "customer/contoso": "customer/gmbh",
        "budget/contoso": "budget/gmbh",
        "subscription/contoso/m365": "subscription/gmbh/seats",
    }


def test_the_base_is_read_under_the_new_names() -> None:
    base = {
        "contoso": {
            r.address: r for r in (CONTOSO, resource("budget/contoso", str(CONTOSO.address)))
        }
    }
    new = resource("customer/gmbh", renamedFrom=["contoso"])
    found = bases_now([new], base)
    assert found["contoso"] == {}
    (budget,) = removed([new], found["gmbh"])
    assert (str(budget.address), str(budget.owner), budget.state) == (
        "budget/gmbh",
        "customer/gmbh",
        State.REMOVED,
    )


def test_a_customer_is_released_unless_its_word_says_otherwise() -> None:
    below = resource("budget/contoso", "customer/contoso")
    found = gone([below, CONTOSO])
    assert found.left == found.findings == ()
    assert [action.id for action in found.released] == [
        "budget/contoso:release",
        "customer/contoso:release",
    ]
    assert found.released[0].implied_by == "customer/contoso:release"
    ending = resource("customer/contoso", onRemove="endRelationship")
    assert gone([below, ending]).left == (below, ending)


def test_nothing_of_a_protected_customer_is_let_go() -> None:
    """The flag may stand anywhere below (rule RM9)."""
    below = resource("budget/contoso", "customer/contoso", protected=True)
    found = gone([below, CONTOSO])
    assert (found.left, found.released) == ((), ())
    assert [(f.code, str(f.address)) for f in found.findings] == [("protected", "budget/contoso")]
