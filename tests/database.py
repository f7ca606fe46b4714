"""A PostgreSQL of our own, for leases.

Owns its processes and its folder; it listens on this machine only.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _as_somebody() -> list[str]:
    """PostgreSQL does not run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def database() -> Iterator[str]:
    """The url of a PostgreSQL that ends with the block; the test is skipped where none can run."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    if not (shutil.which("initdb") and shutil.which("postgres")):
        pytest.skip("no PostgreSQL on this machine")
    folder = Path("/tmp") / f"pcsync-pg-{os.getpid()}"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    place = str(folder / "db")
    made = subprocess.run(
        [*_as_somebody(), "initdb", "-D", place, "-A", "trust", "-U", "pcsync", "--no-sync"],
        capture_output=True,
        check=False,
    )
    if made.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip("PostgreSQL can't be set up by this user")
    words = ["postgres", "-D", place, "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"]
    server = subprocess.Popen(
        [*_as_somebody(), *words, "-F"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await(port, server)
        yield f"postgresql://pcsync@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, server: subprocess.Popen[bytes]) -> None:
    import psycopg

    for _ in range(100):
        assert server.poll() is None, "the database did not start"
        try:
            with psycopg.connect(f"postgresql://pcsync@127.0.0.1:{port}/postgres"):
                pass
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    raise AssertionError("the database did not answer")
