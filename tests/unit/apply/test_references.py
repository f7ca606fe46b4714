"""References are what steps say they are; text of a manifest never is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.apply import references
from pcsync.apply.references import Unresolved, resolver
from pcsync.model import All, Is, Keep, Some

KNOWN = {"customer/contoso#id": "42", "user/contoso/ana#id": "a/b?c#ü {x}"}
RESOLVE = resolver(KNOWN)


def no_secret(spec: Any) -> str:
    raise AssertionError("no secret is asked for")


def test_paths_are_filled_in_and_percent_encoded() -> None:
    template = "/v1/customers/{customer/contoso#id}/users/{user/contoso/ana#id}?size=5"
    assert references.path(template, RESOLVE) == (
        "/v1/customers/42/users/a%2Fb%3Fc%23%C3%BC%20%7Bx%7D?size=5"
    )


def test_a_value_that_looks_like_a_reference_is_not_resolved_again() -> None:
    known = resolver({"a#id": "{b#id}", "b#id": "never"})
    assert references.path("/v1/{a#id}", known) == "/v1/%7Bb%23id%7D"
    assert references.body({"$ref": "a#id"}, known, no_secret) == "{b#id}"


@pytest.mark.parametrize("path", ["/v1/{}", "/v1/{x}", "/v1/{a b}", "/v1/%7Bcustomer%23id%7D"])
def test_braces_without_a_reference_stay(path: str) -> None:
    assert references.path(path, RESOLVE) == path


def test_an_unknown_reference_says_which() -> None:
    with pytest.raises(Unresolved, match="order/contoso#id is not known"):
        references.path("/v1/{order/contoso#id}", RESOLVE)


@settings(deadline=None, derandomize=True)
@given(st.text() | st.sampled_from(["{customer/contoso#id}", "$ref", "{user/contoso/ana#id}"]))
def test_text_in_a_body_is_sent_as_it_is(text: str) -> None:
    body = {"displayName": text, "list": [text, {"inner": text}]}
    assert references.body(body, RESOLVE, no_secret) == body


def test_references_and_secrets_in_bodies() -> None:
    body = {"a": [{"$ref": "customer/contoso#id"}], "b": {"$secret": {"generate": True}}}
    found = references.body(body, RESOLVE, lambda spec: f"made of {sorted(spec)}")
    assert found == {"a": ["42"], "b": "made of ['generate']"}


@pytest.mark.parametrize(
    "body",
    [
        {"$ref": "customer/contoso#id", "more": 1},
        {"$ref": 5},
        {"$secret": "text"},
        {"$secret": {"generate": True}, "more": 1},
    ],
)
def test_what_only_resembles_a_reference_is_sent_as_it_is(body: Any) -> None:
    assert references.body(body, RESOLVE, no_secret) == body


def test_conditions_resolve_values_and_nothing_else() -> None:
    keep = Keep("x#id", "id", "items", All((Is("order", {"$ref": "customer/contoso#id"}),)))
    found = references.condition(keep, RESOLVE)
    assert found.where == All((Is("order", "42"),))
    text = Some("items", Is("displayName", "{customer/contoso#id}"))
    assert references.condition(text, RESOLVE) == text
