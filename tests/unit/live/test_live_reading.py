"""One read: its pages, or in words why it failed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from pcsync.errors import ApiError, SignInFailed, Unreachable
from pcsync.live import reader
from pcsync.model import Read


@dataclass
class Body:
    body: Any


@dataclass
class Service:
    """Answers with these pages, or raises after them."""

    bodies: tuple[Any, ...] = ()
    error: Exception | None = None
    asked: tuple[Any, ...] = ()

    def send(self, method: str, path: str, body: Any = None, *, user: bool = False) -> Body:
        self.asked = (method, path, body, user)
        if self.error:
            raise self.error
        return Body(self.bodies[0])

    def pages(self, path: str, *, user: bool = False) -> Iterator[Any]:
        self.asked = ("pages", path, user)
        yield from self.bodies
        if self.error:
            raise self.error


def refused(status: int) -> ApiError:
    return ApiError("GET", "/v1/x", status, "900308", "no role")


def test_a_single_answer_is_one_page() -> None:
    service = Service(({"id": 1},))
    assert reader(service)(Read("/v1/x", user=True)) == (({"id": 1},), "", True)
    assert service.asked == ("GET", "/v1/x", None, True)


def test_a_list_is_all_its_pages() -> None:
    service = Service(({"items": [1]}, {"items": [2]}))
    assert reader(service)(Read("/v1/x", pages=True))[0] == service.bodies
    assert service.asked == ("pages", "/v1/x", False)


def test_a_post_that_stores_nothing_takes_its_body_along() -> None:
    service = Service(({},))
    reader(service)(Read("/v1/validations/address", method="POST", body={"city": "Sopot"}))
    assert service.asked == ("POST", "/v1/validations/address", {"city": "Sopot"}, False)


def test_a_head_has_no_page() -> None:
    assert reader(Service((None,)))(Read("/v1/x", method="HEAD")) == ((), "", True)


def test_a_refusal_is_words_and_no_page() -> None:
    assert reader(Service(error=refused(403)))(Read("/v1/x")) == ((), "403 900308 no role", True)


def test_a_list_that_breaks_off_shows_nothing() -> None:
    """Absence counts only when all pages came (rule ID10)."""
    pages, failed, _ = reader(Service(({"items": [1]},), refused(503)))(Read("/v1/x", pages=True))
    assert pages == ()
    assert failed.startswith("503")


def test_no_answer_is_words_as_well() -> None:
    _, failed, _ = reader(Service(error=Unreachable("GET", "/v1/x", "closed")))(Read("/v1/x"))
    assert failed == "GET /v1/x: no answer (closed)"


@pytest.mark.parametrize("gone_ok, failed", [(True, False), (False, True)])
def test_a_404_is_an_answer_only_where_it_may_be(gone_ok: bool, failed: bool) -> None:
    answer = reader(Service(error=refused(404)))(Read("/v1/x", gone_ok=gone_ok))
    assert (bool(answer[1]), answer[2]) == (failed, failed)


def test_a_sign_in_that_failed_ends_the_run() -> None:
    with pytest.raises(SignInFailed):
        reader(Service(error=SignInFailed("no token")))(Read("/v1/x"))
