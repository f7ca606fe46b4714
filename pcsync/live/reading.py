"""One read, asked of Partner Center: its pages, or in words why it failed.

Owns the translation of refusals into "unknown". Must not decide what a failure means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from pcsync.errors import ApiError, SignInFailed, Unreachable
from pcsync.model import Read


class Asks(Protocol):
    """What is needed of the client to read."""

    def send(self, method: str, path: str, body: Any = None, *, user: bool = False) -> Any:
        """One request; the answer has `body`."""
        ...

    def pages(self, path: str, *, user: bool = False) -> Iterator[Any]:
        """The bodies of all pages of a list."""
        ...


Outcome = tuple[tuple[Any, ...], str, bool]


def reader(client: Asks) -> Callable[[Read], Outcome]:
    """A function from a read to (pages, why it failed, whether it was found)."""

    def read(question: Read) -> Outcome:
        try:
            return _pages(client, question), "", True
        except ApiError as error:
            if error.status == 404 and question.gone_ok:
                return (), "", False
            return (), f"{error.status} {error.code} {error.description}".strip(), True
        except Unreachable as error:
            return (), str(error), True
        except SignInFailed as error:
            # Without a person's token people and licences are unknown; commerce goes on (DE1, DE5).
            if not question.user:
                raise
            return (), str(error), True

    return read


def _pages(client: Asks, question: Read) -> tuple[Any, ...]:
    if question.pages:
        return tuple(client.pages(question.path, user=question.user))
    body = question.body
    answer = client.send(question.method, question.path, body, user=question.user)
    return () if question.method == "HEAD" else (answer.body,)
