"""No shorter sequence of calls than pcsync's leads to the same world: searched, not argued."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from harness import Box
from harness import world as words_of

from pcsync.emulator import RunningEmulator, running
from pcsync.emulator.answering import Incoming, Outgoing
from pcsync.emulator.worldfile import build

from .search import CART, Place, Sent, shortest, walked

WORLDS = yaml.safe_load((Path(__file__).parent / "worlds.yaml").read_text("utf-8"))


class Listening:
    """What reached an emulator and was taken: its writes with their bodies."""

    def __init__(self, server: RunningEmulator) -> None:
        self.sent: list[Sent] = []
        service = server._server.service  # the door that every request goes through
        answer = service.answer

        def heard(request: Incoming) -> Outgoing:
            outgoing = answer(request)
            writes = request.method not in {"GET", "HEAD"} and request.path.startswith("/v1/")
            if writes and outgoing.status < 300:
                path = CART.sub("/carts/CART", request.target)
                self.sent.append(Sent(request.method, path, request.raw.decode()))
            return outgoing

        service.answer = heard  # type: ignore[method-assign]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Box, Listening]]:
    monkeypatch.chdir(tmp_path)
    with running(build({})) as server:
        box = Box(server.url, tmp_path)
        yield box, Listening(server)
        box.colleague.http.close()


@pytest.mark.parametrize("row", WORLDS, ids=[row["name"] for row in WORLDS])
def test_no_shorter_way(row: Mapping[str, Any], place: tuple[Box, Listening]) -> None:
    box, listening = place
    seed = words_of(row["world"])
    box.seed(row["world"])
    plan = box.plan(row["manifest"])
    assert plan.totals.writes == row["writes"]
    box.apply(plan)
    assert len(listening.sent) == row["writes"]
    assert box.plan(row["manifest"]).totals.writes == 0
    shorter = shortest(seed, listening.sent)
    assert shorter is None, [f"{call.method} {call.path}" for call in shorter]


def test_a_longer_way_is_found_out() -> None:
    """The search itself: three changes of one subscription, sent one by one, can be one."""
    seed = words_of(WORLDS[0]["world"])
    (subscription,) = _subscriptions(seed)
    path = f"{subscription['at']}"
    one = Sent("PATCH", path, json.dumps({**subscription["body"], "quantity": 12}))
    place = walked(seed, [one])
    two = Sent("PATCH", path, json.dumps({**place.get(path), "friendlyName": "office"}))
    assert shortest(seed, [one, two]) is not None


def _subscriptions(seed: Mapping[str, Any]) -> list[dict[str, Any]]:
    place = Place(seed)
    (customer,) = place.get("/v1/customers")["items"]
    at = f"/v1/customers/{customer['id']}/subscriptions"
    return [
        {"at": f"{at}/{s['id']}", "body": place.get(f"{at}/{s['id']}")}
        for s in place.get(at)["items"]
    ]
