"""What the answer to a write shows of somebody else, who wrote between our look and our write.

Where the service has no etag nothing stops them; but an answer that holds the whole resource tells
of what we did not send. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pcsync.apply.conditions import value_at
from pcsync.model import Is
from pcsync.values import same

OWN = frozenset({"attributes", "links"})
"""Members that are the service's own."""


def meanwhile(seen: Mapping[str, Any], answer: Any, sets: Sequence[Is]) -> tuple[str, ...]:
    """A line for each member that both have, that was not sent, and that is another one now."""
    if not isinstance(answer, Mapping):
        return ()
    return tuple(_changed(seen, answer, {one.path.partition(".")[0].lower() for one in sets}))


def _changed(seen: Mapping[str, Any], answer: Mapping[str, Any], sent: set[str]) -> Iterator[str]:
    for name in sorted(set(seen) - OWN):
        if name.lower() in sent or name not in answer:
            continue
        before, now = value_at(seen, name), value_at(answer, name)
        if not same(now, before, fold=True):
            yield (
                f"{name} was changed by somebody else at the same time, from {before or 'none'} to "
                f"{now or 'none'}, and stays: run plan again"
            )
