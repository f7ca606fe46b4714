"""A read that is the same for all customers is asked once, whoever wants it and however many."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from pcsync.live import Outcome
from pcsync.live.once import Once
from pcsync.model import Read

SHARED = Read("/v1/products/a", shared=True)
OWN = Read("/v1/customers/1/orders")


@dataclass
class Service:
    """Notes what is asked; while `gate` is shut nobody gets an answer."""

    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)

    def __call__(self, question: Read) -> Outcome:
        self.asked.append(question.path)
        self.begun.set()
        assert self.gate.wait(30)
        return ((question.path,), "", True)


def opened() -> Service:
    service = Service()
    service.gate.set()
    return service


def test_what_is_shared_is_asked_once_and_what_is_not_each_time() -> None:
    service = opened()
    ask = Once(service)
    assert [ask(SHARED), ask(SHARED), ask(OWN), ask(OWN)] == [
        ((SHARED.path,), "", True),
        ((SHARED.path,), "", True),
        ((OWN.path,), "", True),
        ((OWN.path,), "", True),
    ]
    assert service.asked == [SHARED.path, OWN.path, OWN.path]


def test_who_comes_while_it_is_on_its_way_waits_for_the_answer() -> None:
    service = Service()
    ask = Once(service)
    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(ask, SHARED)
        assert service.begun.wait(30)
        others = [threads.submit(ask, SHARED) for _ in range(3)]
        service.gate.set()
        found = {each.result(30) for each in (first, *others)}
    assert found == {((SHARED.path,), "", True)}
    assert service.asked == [SHARED.path]


def test_a_failure_is_shared_too_and_an_error_reaches_all() -> None:
    def fails(question: Read) -> Outcome:
        raise RuntimeError("no sign-in")

    ask = Once(fails)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no sign-in"):
            ask(SHARED)
    refused = Once(lambda question: ((), "403 400030 no", True))
    assert refused(SHARED) == refused(SHARED) == ((), "403 400030 no", True)
