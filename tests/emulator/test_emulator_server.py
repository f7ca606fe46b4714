"""Serving: ready file, ports, concurrent requests, worlds from Python."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from pcsync.emulator import World, create_app, load_world, running, serve

from .wire import CONTOSO, Wire

SERVE = "from pcsync.emulator import load_world, serve; import sys; "
SERVE += "serve(0, load_world(), sys.argv[1])"


def test_serve_writes_the_ready_file_and_stops_on_a_signal(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    process = subprocess.Popen([sys.executable, "-c", SERVE, str(ready)])
    try:
        end = time.monotonic() + 20
        while not ready.exists() and time.monotonic() < end:
            time.sleep(0.02)
        found = json.loads(ready.read_text())
        assert found["pid"] == process.pid
        clock = requests.get(f"{found['url']}/_emulator/clock", timeout=10)
        assert clock.json() == {"now": "2026-11-22T09:00:00Z"}
    finally:
        process.terminate()
        process.wait(20)
    assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]


def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            serve(taken.getsockname()[1], load_world())


def test_concurrent_writes_are_done_one_by_one() -> None:
    seeds = {"id": CONTOSO, "domain": "contoso.onmicrosoft.com", "budget": 0}
    with running(load_world({"customers": [seeds]})) as emulator:
        pc = Wire(emulator.url)
        pc.token("user")

        def write(number: int) -> int:
            own = Wire(emulator.url)
            own.tokens = pc.tokens
            status = own.send("PATCH", f"{pc.at}/usagebudget", {"amount": number}).status_code
            own.session.close()
            return status

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(write, range(40))) == {200}
        assert [row["n"] for row in pc.calls()] == list(range(1, 41))
        assert len({row["id"] for row in pc.get("/v1/auditrecords")["items"]}) == 40
        pc.session.close()


def test_a_bare_world_can_sign_in() -> None:
    with running(World()) as emulator:
        pc = Wire(emulator.url)
        assert pc.get("/v1/customers")["items"] == []
        assert emulator.world.customers == {}
        pc.session.close()


def test_app_gives_access_to_its_service() -> None:
    world = World()
    assert create_app(world).state.service.world is world


def test_ten_thousand_customers_load_and_page_quickly() -> None:
    rows = [{"domain": f"c{n}.onmicrosoft.com", "country": "DE"} for n in range(10_000)]
    began = time.process_time()
    with running(load_world({"customers": rows})) as emulator:
        pc = Wire(emulator.url)
        page = pc.get("/v1/customers?size=500")
        assert page["totalCount"] == 500
        pc.session.close()
    assert time.process_time() - began < 10
