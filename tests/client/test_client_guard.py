"""Rule SE1: a session that may only read sends no write, whatever it is asked."""

from __future__ import annotations

import pytest

from pcsync.client import is_read
from pcsync.errors import ApiError, WriteRefused

from .fakes import bench, in_turn, reply

ID = "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"
HARMLESS = [
    "/v1/validations/address",
    "/v1/Validations/Address",
    f"/v1/customers/{ID}/promotionEligibilities",
    f"/V1/CUSTOMERS/{ID.upper()}/PROMOTIONELIGIBILITIES",
    "/v1/extensions/product/checkInventory",
    "/v1/extensions/product/checkInventory?country=US",
]
WRITES = [
    ("PUT", "/v1/validations/address"),
    ("DELETE", f"/v1/customers/{ID}"),
    ("PATCH", f"/v1/customers/{ID}/subscriptions/{ID}"),
    ("POST", "/v1/customers"),
    ("POST", f"/v1/customers/{ID}/carts"),
    ("POST", "/v1/validations/address/x"),
    ("POST", "/v1/validations/address/"),
    ("POST", "/v1/customers?x=/v1/validations/address"),
    ("POST", f"/v1/customers/{ID}/users/x/promotionEligibilities"),
    ("POST", "/v1/customers//promotionEligibilities"),
    ("POST", "/v1/customers/a%2Fb/promotionEligibilities"),
    ("POST", "/v1/customers/promotionEligibilities"),
]


@pytest.mark.parametrize("path", HARMLESS)
def test_posts_that_store_nothing_are_reads(path: str) -> None:
    assert is_read("POST", path)


@pytest.mark.parametrize("path", [path for path in HARMLESS if path.startswith("/v1/")])
def test_posts_that_store_nothing_are_sent(path: str) -> None:
    made = bench(writable=False)
    made.client.send("POST", path, {})
    assert len(made.sent) == 1


@pytest.mark.parametrize("method,path", WRITES)
def test_writes_are_refused_before_anything_leaves(method: str, path: str) -> None:
    made = bench(writable=False)
    with pytest.raises(WriteRefused):
        made.client.send(method, path, {})
    assert made.sent == []
    assert made.client.writes.sent == 0
    made = bench(writable=True)
    made.client.send(method, path, {})
    assert len(made.sent) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reads_are_sent(method: str) -> None:
    made = bench(writable=False)
    assert made.client.send(method, "/v1/customers").status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/customers/../validations/address",
        "/v1/customers/%2e%2E/x",
        "/v1/./x",
        "/v1/customers/..",
        "/v1/x#fragment",
        "/v1/x y",
        "/v1/x\r\nX: 1",
        "/v1/..\\x",
        "/webhooks/v1/registration",
        "v1/customers",
        "//v1/customers",
        "@elsewhere.example/v1/customers",
    ],
)
def test_a_path_that_could_be_read_in_two_ways_is_a_defect(path: str) -> None:
    made = bench()
    with pytest.raises(ValueError, match="not a path"):
        made.client.send("GET", path)
    with pytest.raises(ValueError, match="not a path"):
        list(made.client.pages(path))
    assert made.sent == []


@pytest.mark.parametrize("method", ["get", "OPTIONS", "GET /v1/x", ""])
def test_only_the_services_methods_are_sent(method: str) -> None:
    made = bench()
    with pytest.raises(ValueError, match="not a method"):
        made.client.send(method, "/v1/customers")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int) -> None:
    made = bench(in_turn(reply(status, headers={"Location": "/v1/customers/delete-all"})))
    with pytest.raises(ApiError, match="redirects are not followed"):
        made.client.send("POST", "/v1/validations/address", {})
    assert len(made.sent) == 1
