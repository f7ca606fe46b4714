"""One request at a time for one `MS-RequestId`: a second one while the first may still run would
be a second write (conventions.md section 4).

Owns the ids that are under way. Must not import anything of pcsync.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Alone:
    """Makes calls with the same id wait for each other. Thread-safe."""

    def __init__(self) -> None:
        self._free = Condition()
        self._busy: set[str] = set()

    @contextmanager
    def calling(self, request_id: str) -> Iterator[None]:
        """The id is this call's while the block runs."""
        with self._free:
            self._free.wait_for(lambda: request_id not in self._busy)
            self._busy.add(request_id)
        try:
            yield
        finally:
            with self._free:
                self._busy.discard(request_id)
                self._free.notify_all()
