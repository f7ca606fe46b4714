"""Declared things to resources, with kinds made up for it: order, owners, seats, findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, cast

import pytest

from pcsync.errors import ManifestProblems
from pcsync.kinds import Kind
from pcsync.manifests import Manifests, load
from pcsync.model import Address, Document, Finding, Owns, Place, Resource, Severity

Yields = Resource | Owns | Finding
TEXT: Mapping[str, Any] = {"type": "string"}


@dataclass(eq=False)
class Fake:
    """A kind that keeps the documents it was given."""

    name: str
    schema: Mapping[str, Any]
    says: Callable[[Document], Iterable[Yields]]
    given: list[Document] = field(default_factory=list)

    def desired(self, document: Document) -> Iterable[Yields]:
        self.given.append(document)
        return self.says(document)


def schema(title: str, **properties: Any) -> Mapping[str, Any]:
    return {
        "title": title,
        "description": "Made up.",
        "type": "object",
        "additionalProperties": False,
        "x-name": "required",
        "properties": properties,
    }


def plain(kind: str, **more: Any) -> Callable[[Document], Iterable[Yields]]:
    """A kind that yields one resource per document."""

    def says(document: Document) -> Iterable[Yields]:
        owner = document.owner.path if document.owner else ()
        name = document.text or document.name or ""
        yield Resource(Address(kind, (*owner, name)), document.spec, document.owner, **more)

    return says


OWNER = {**TEXT, "x-owner": True}
FIRM = schema(
    "Firm",
    ids={"type": "array", "items": TEXT},
    desks={"type": "array", "x-kind": "Desk"},
    lamp={"type": "object", "x-kind": "Lamp"},
    badges={"type": "array", "items": {"anyOf": [TEXT]}, "x-kind": "Badge", "x-owns": True},
)
DESK = schema("Desk", customer=OWNER, size={"type": "integer", "minimum": 1})
LAMP = schema("Lamp", customer=OWNER)
BADGE = schema("Badge", customer=OWNER, desk={**TEXT, "x-ref": True})


def fakes(**says: Callable[[Document], Iterable[Yields]]) -> dict[str, Fake]:
    made = {"customer": FIRM, "desk": DESK, "lamp": LAMP, "badge": BADGE}
    return {name: Fake(name, each, says.get(name) or plain(name)) for name, each in made.items()}


def loaded(kinds: Mapping[str, Fake], text: str) -> Manifests:
    return load(["-"], cast(Mapping[str, Kind], kinds), StringIO(text))


def firm(spec: str) -> str:
    return f"apiVersion: pcsync/v1\nkind: Firm\nmetadata: {{name: contoso}}\nspec: {spec}\n"


CONTOSO = Address("customer", ("contoso",))


def test_documents_say_what_they_belong_to() -> None:
    kinds = fakes()
    loaded(kinds, firm("{ids: [a], desks: [{name: d, size: 2}], lamp: {name: l}}"))
    (document,) = kinds["customer"].given
    assert (document.kind, document.name, document.owner) == ("customer", "contoso", None)
    assert document.spec == {"ids": ["a"]}
    (desk,) = kinds["desk"].given
    assert (desk.spec, desk.owner, desk.parent) == ({"size": 2}, CONTOSO, CONTOSO)
    assert desk.at("size") == Place("<stdin>", 4, 42)
    (lamp,) = kinds["lamp"].given
    assert (lamp.name, lamp.owner, lamp.at("nothing.here")) == ("l", CONTOSO, lamp.place)


def test_a_document_of_its_own_has_an_owner_and_no_parent() -> None:
    kinds = fakes()
    desk = "---\napiVersion: pcsync/v1\nkind: Desk\nmetadata: {name: d, labels: {a: b}}\n"
    loaded(kinds, firm("{}") + desk + "spec: {customer: contoso}\n")
    (document,) = kinds["desk"].given
    assert (document.owner, document.parent, document.spec) == (CONTOSO, None, {})
    assert document.labels == {"a": "b"}


def test_what_refers_comes_last_and_sees_who_holds_seats() -> None:
    def desks(document: Document) -> Iterable[Yields]:
        pool = "product:x" if document.name == "new" else "sku-1"
        yield from plain("desk", holds={pool: 3, "other": 1})(document)

    kinds = fakes(desk=desks)
    loaded(kinds, firm("{badges: [one], desks: [{name: old}, {name: new}], lamp: {name: l}}"))
    (badge,) = kinds["badge"].given
    assert (badge.text, badge.spec, badge.parent) == ("one", {}, CONTOSO)
    assert badge.seats == {
        "old": (Address("desk", ("contoso", "old")), "sku-1"),
        "new": (Address("desk", ("contoso", "new")), None),
    }


def test_collections_that_are_the_whole_truth() -> None:
    manifests = loaded(fakes(), firm("{badges: []}"))
    assert manifests.owns == (Owns(CONTOSO, "badge", Place("<stdin>", 4, 8)),)
    assert loaded(fakes(), firm("{desks: []}")).owns == ()


def test_a_kind_may_own_more() -> None:
    def says(document: Document) -> Iterable[Yields]:
        yield from plain("customer")(document)
        yield Owns(CONTOSO, "desk")

    assert loaded(fakes(customer=says), firm("{}")).owns == (Owns(CONTOSO, "desk"),)


def test_an_error_of_a_kind_is_a_problem_at_its_place() -> None:
    at = Place("<stdin>", 4, 9)

    def says(document: Document) -> Iterable[Yields]:
        yield Finding(Severity.ERROR, "x", "this is wrong", "do that", place=at)
        yield Finding(Severity.ERROR, "y", "that is wrong", "do this")

    with pytest.raises(ManifestProblems) as caught:
        loaded(fakes(customer=says), firm("{desks: [{name: d, size: 0}]}"))
    assert caught.value.lines()[:-1] == [
        "<stdin>:1:1: that is wrong; do this",
        "<stdin>:4:9: this is wrong; do that",
        "<stdin>:4:32: `size`: `0` is too small; write 1 or more",
    ]


def test_a_warning_of_a_kind_is_handed_on() -> None:
    warning = Finding(Severity.WARNING, "x", "this is odd", "look at it")

    def says(document: Document) -> Iterable[Yields]:
        yield warning
        yield from plain("customer")(document)

    manifests = loaded(fakes(customer=says), firm("{}"))
    assert manifests.findings == (warning,)
    assert len(manifests.resources) == 1


def test_needs_that_nobody_declares() -> None:
    far = Address("desk", ("contoso", "far"))
    kinds = fakes(lamp=plain("lamp", needs=frozenset({far}), place=Place("<stdin>", 4, 2)))
    with pytest.raises(ManifestProblems) as caught:
        loaded(kinds, firm("{lamp: {name: l}, desks: [{name: fax}]}"))
    assert caught.value.lines()[0] == (
        "<stdin>:4:2: `desk/contoso/far` is not declared; did you mean `fax`?"
    )


def test_a_broken_one_is_not_missing_besides() -> None:
    far = Address("desk", ("contoso", "far"))
    kinds = fakes(lamp=plain("lamp", needs=frozenset({far})))
    with pytest.raises(ManifestProblems) as caught:
        loaded(kinds, firm("{lamp: {name: l}, desks: [{name: far, size: x}]}"))
    assert len(caught.value.problems) == 1


def test_the_owner_of_another_version_is_not_missing_besides() -> None:
    other = firm("{}").replace("pcsync/v1", "pcsync/v9")
    desk = "---\napiVersion: pcsync/v1\nkind: Desk\nmetadata: {name: d}\n"
    with pytest.raises(ManifestProblems) as caught:
        loaded(fakes(), other + desk + "spec: {customer: contoso}\n")
    assert caught.value.lines()[:-1] == [
        "<stdin>:1:13: `apiVersion`: `pcsync/v9` is not known; write `apiVersion: pcsync/v1`"
    ]


def test_resources_come_in_the_order_of_their_addresses() -> None:
    manifests = loaded(fakes(), firm("{desks: [{name: z}, {name: a}], lamp: {name: l}}"))
    found = [str(each.address) for each in manifests.resources]
    assert found == ["customer/contoso", "desk/contoso/a", "desk/contoso/z", "lamp/contoso/l"]
