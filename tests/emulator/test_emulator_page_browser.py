"""The page in a browser, where there is one: what a person sees, and that it fits a phone."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pcsync.emulator import load_world, running

from .wire import CONTOSO, PREMIUM, Wire

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)
WORLD = {
    "customers": [
        {
            "id": CONTOSO,
            "domain": "contoso.onmicrosoft.com",
            "companyName": "<script>document.title='broken'</script> GmbH",
            "subscriptions": [
                {"product": PREMIUM, "friendlyName": "m365", "creationDate": "2026-11-20T12:00:00Z"}
            ],
        }
    ]
}

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on this machine")


@pytest.fixture(scope="module")
def shown() -> Iterator[Wire]:
    with running(load_world(WORLD)) as emulator:
        wire = Wire(emulator.url)
        yield wire
        wire.session.close()


def browse(profile: Path, address: str, *flags: str) -> str:
    assert BROWSER is not None
    command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", *flags, address]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_the_list_as_a_browser_understands_it(shown: Wire, tmp_path: Path) -> None:
    dom = browse(tmp_path, f"{shown.url}/_emulator/", "--dump-dom")
    assert "<title>Customers · emulator of Partner Center</title>" in dom
    assert "&lt;script&gt;document.title='broken'&lt;/script&gt; GmbH</a>" in dom
    assert "<script" not in dom
    assert shown.calls() == []


def test_a_customer_as_a_browser_understands_it(shown: Wire, tmp_path: Path) -> None:
    dom = browse(tmp_path, f"{shown.url}/_emulator/page/customer?id={CONTOSO}", "--dump-dom")
    assert dom.count("<h1>") == 1
    headings = re.findall(r"<h2>([^<]+)</h2>", dom)
    assert headings == ["Subscriptions", "Seats", "People", "Orders"]
    assert 'aria-label="Timeline of m365, from 20 Nov 2026 to 19 Nov 2027' in dom
    assert "can be cancelled" in dom


@pytest.mark.parametrize("width", [1280, 400])
def test_screenshots_have_the_width_of_the_screen(shown: Wire, tmp_path: Path, width: int) -> None:
    picture = tmp_path / "page.png"
    address = f"{shown.url}/_emulator/page/customer?id={CONTOSO}"
    browse(tmp_path, address, f"--screenshot={picture}", f"--window-size={width},1400")
    header = picture.read_bytes()[:24]
    assert header[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", header[16:]) == (width, 1400)
    assert picture.stat().st_size > 20_000
