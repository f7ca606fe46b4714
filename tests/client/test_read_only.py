"""SE1 at the socket: only apply sends what is not a read; a setting drops the three POSTs, too."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pcsync.cli.main import run
from pcsync.client import NotSent, is_read
from pcsync.emulator import running
from pcsync.emulator.worldfile import build

from .fakes import bench, reply

REQUEST = re.compile(rb"(?:^|(?<=\n)|(?<=[^\x20-\x7e])|(?<=\}))([A-Z]{3,7}) (/[^ ]*) HTTP/1\.1\r\n")
WORLD: dict[str, Any] = {
    "customers": [
        {
            "domain": "contoso.onmicrosoft.com",
            "azure": True,
            "budget": 100,
            "users": [
                {"userPrincipalName": "ana@contoso.onmicrosoft.com", "displayName": "Ana"},
            ],
        }
    ]
}
MANIFEST = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  budget: {amount: 250}
  subscriptions:
    - {name: mail, product: "CFQ7TTC0LH16:0001", termDuration: P1Y, billingCycle: monthly,
       quantity: 3, endOfTerm: renew}
  users:
    - {userPrincipalName: ana@contoso.onmicrosoft.com, displayName: Ana B, licenses: [mail]}
    - {userPrincipalName: kai@contoso.onmicrosoft.com, displayName: Kai, usageLocation: DE}
"""
POSTS = ["/v1/validations/address", "/v1/extensions/product/checkInventory"]


class Wire:
    """A socket in between that passes everything on and keeps the lines of the requests."""

    def __init__(self, port: int) -> None:
        self.port, self.seen = port, []
        self.open: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.threads = [threading.Thread(target=self._serve, daemon=True)]
        self.threads[0].start()

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self.listener.accept()
                self.open.append(near)
                far = socket.create_connection(("127.0.0.1", self.port))
                self.open.append(far)
            except OSError:  # closed, or nobody is there any more
                return
            for ends in ((near, far, True), (far, near, False)):
                self.threads.append(threading.Thread(target=self._pass, args=ends, daemon=True))
                self.threads[-1].start()

    def _pass(self, source: socket.socket, target: socket.socket, keep: bool) -> None:
        try:
            while data := source.recv(65536):
                if keep:
                    found = REQUEST.findall(data)
                    self.seen += [(method.decode(), path.decode()) for method, path in found]
                target.sendall(data)
        except OSError:
            pass
        finally:
            _hang_up(source)
            _hang_up(target)

    def close(self) -> None:
        """Ends all threads, then closes what they used."""
        _hang_up(self.listener)
        self.threads[0].join(10)
        for each in self.open:
            _hang_up(each)
        for thread in self.threads:
            thread.join(10)
        for each in (self.listener, *self.open):
            each.close()

    def api(self) -> list[tuple[str, str]]:
        """The calls of the API; signing in is none."""
        return [(method, path) for method, path in self.seen if path.startswith("/v1/")]


def _hang_up(end: socket.socket) -> None:
    """Whoever waits at it goes on; closing alone wakes nobody."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    (tmp_path / "contoso.yaml").write_text(MANIFEST)
    monkeypatch.chdir(tmp_path)
    with running(build(WORLD)) as server:
        made = Wire(int(server.url.rpartition(":")[2]))
        monkeypatch.setenv("PCSYNC_CLOUD", "emulator")
        monkeypatch.setenv("PCSYNC_EMULATOR_URL", made.url)
        yield made
        made.close()


@pytest.mark.parametrize("words", [["validate"], ["plan"], ["plan", "--out", "p.json"], ["drift"]])
def test_se1_only_reads_leave_the_socket(wire: Wire, words: list[str]) -> None:
    run(words)
    assert all(is_read(method, path) for method, path in wire.api()), wire.api()
    assert bool(wire.api()) == (words != ["validate"])


def test_the_wire_would_have_seen_a_write(wire: Wire) -> None:
    run(["apply", "--yes"])
    assert [method for method, path in wire.api() if not is_read(method, path)]


@pytest.mark.parametrize("path", POSTS)
def test_a_setting_drops_the_posts_that_store_nothing(path: str) -> None:
    made = bench(lambda _: reply(), writable=False)
    made.client.send("POST", path, {})
    made.client._door._posts = False
    with pytest.raises(NotSent, match="preflightPosts"):
        made.client.send("POST", path, {})
    made.client.send("GET", "/v1/customers")
    assert [request.method for request in made.sent] == ["POST", "GET"]
