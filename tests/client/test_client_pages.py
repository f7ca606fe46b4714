"""Lists page by page."""

from __future__ import annotations

from typing import Any

import pytest

from pcsync.errors import ApiError

from .fakes import BASE, bench, in_turn, reply


def page(number: int, uri: str | None = None, token: str | None = None, **more: Any) -> Any:
    """A page with one item and, with `uri`, a link to the next."""
    headers = [{"key": "MS-ContinuationToken", "value": token}] if token else []
    link = {"next": {"uri": uri, "method": "GET", "headers": headers}} if uri else {}
    return reply(200, {"items": [number], "totalCount": 1, "links": link, **more})


def read(*pages: Any, path: str = "/v1/customers?size=500") -> tuple[Any, Any]:
    made = bench(in_turn(*pages))
    items = [item for body in made.client.pages(path) for item in body["items"]]
    return items, made


@pytest.mark.parametrize(
    "uri",
    [
        "/customers?size=500&seekOperation=Next",
        "/v1/customers?size=500&seekOperation=Next",
        "/V1/customers?size=500&seekOperation=Next",
        "customers?size=500&seekOperation=Next",
        "v1/customers?size=500&seekOperation=Next",
        f"{BASE}/v1/customers?size=500&seekOperation=Next",
    ],
)
def test_the_next_page_with_and_without_v1(uri: str) -> None:
    items, made = read(page(1, uri, "one"), page(2, uri, "two"), page(3))
    assert items == [1, 2, 3]
    assert [request.path_url for request in made.sent[1:]] == [
        "/v1/customers?size=500&seekOperation=Next"
    ] * 2
    assert made.sent_header("MS-ContinuationToken") == [None, "one", "two"]
    assert len(set(made.sent_header("MS-RequestId"))) == 3


def test_a_token_of_the_body_serves_where_the_link_has_none() -> None:
    items, made = read(page(1, "/customers?seekOperation=Next", continuationToken="one"), page(2))
    assert items == [1, 2]
    assert made.sent_header("MS-ContinuationToken") == [None, "one"]


def test_a_link_may_set_no_other_header() -> None:
    headers = [
        {"key": "Authorization", "value": "x"},
        {"key": "ms-continuationtoken", "value": "t"},
    ]
    link = {"next": {"uri": "/customers?p=2", "headers": headers}}
    _, made = read(reply(200, {"items": [], "links": link}), page(2))
    assert made.sent[1].headers["Authorization"] == "Bearer app-1"
    assert made.sent[1].headers["MS-ContinuationToken"] == "t"


def test_pages_are_asked_for_one_by_one() -> None:
    made = bench(in_turn(page(1, "/customers?p=2", "one")))
    assert next(iter(made.client.pages("/v1/customers")))["items"] == [1]
    assert len(made.sent) == 1


def test_pages_that_are_told_apart_by_their_uri() -> None:
    items, _ = read(page(1, "/products?offset=1"), page(2, "/products?offset=2"), page(3))
    assert items == [1, 2, 3]


@pytest.mark.parametrize(
    "uri", ["https://elsewhere.example/v1/customers", "//elsewhere.example/v1/customers",
            "http://api.partnercenter.microsoft.com/v1/customers"]
)  # fmt: skip
def test_a_link_that_leads_elsewhere_is_refused(uri: str) -> None:
    made = bench(in_turn(page(1, uri, "secret-token")))
    with pytest.raises(ApiError, match="leads elsewhere") as caught:
        list(made.client.pages("/v1/customers"))
    assert len(made.sent) == 1
    assert "secret-token" not in str(caught.value)


@pytest.mark.parametrize("uri", ["/v1/../webhooks", "/customers/%2e%2e/x", "http://[x/", 7])
def test_a_malformed_link_is_an_error(uri: Any) -> None:
    made = bench(in_turn(page(1, uri)))
    with pytest.raises(ApiError) as caught:
        list(made.client.pages("/v1/customers"))
    assert caught.value.code == "links.next"


@pytest.mark.parametrize(
    "again",
    [page(2, "/customers?seekOperation=Next", "one"), page(2, "/customers?other=1", "one")],
)
def test_a_repeated_token_is_an_error_not_a_loop(again: Any) -> None:
    made = bench(in_turn(page(1, "/customers?seekOperation=Next", "one"), again))
    with pytest.raises(ApiError, match="read already"):
        list(made.client.pages("/v1/customers"))


def test_a_link_to_the_first_page_is_an_error() -> None:
    made = bench(in_turn(page(1, "/customers?size=500")))
    with pytest.raises(ApiError, match="read already"):
        list(made.client.pages("/v1/customers?size=500"))


def test_bare_arrays_and_empty_answers_are_one_page() -> None:
    made = bench(in_turn(reply(200, [1, 2]), reply(200)))
    assert list(made.client.pages("/v1/customers/c/qualifications")) == [[1, 2]]
    assert list(made.client.pages("/v1/customers")) == [None]


def test_pages_of_user_calls_carry_the_users_token() -> None:
    made = bench(in_turn(page(1, "/customers/c/users?x=1", "one"), page(2)))
    list(made.client.pages("/v1/customers/c/users", user=True))
    assert made.sent_header("Authorization") == ["Bearer user-1"] * 2
