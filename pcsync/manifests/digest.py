"""The fingerprint of what is declared, whatever files, order and comments it is written with.

Owns the canonical text that is hashed. Pure. Must not import yaml or jsonschema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

from pcsync.manifests.build import Built
from pcsync.model import Owns, Resource


def digest(built: Iterable[Built], owns: Iterable[Owns]) -> str:
    """Sha256, in hex, over everything declared, sorted: places don't count, labels do."""
    lines = [_line(each) for each in built]
    lines += [ENCODER.encode(["owns", str(each.owner), each.kind]) for each in owns]
    return sha256("\n".join(sorted(lines)).encode("utf-8", "surrogatepass")).hexdigest()


def _line(built: Built) -> str:
    resource: Resource = built.resource
    return ENCODER.encode(
        [
            str(resource.address),
            str(resource.owner),
            resource.state,
            resource.spec,
            resource.remote,
            sorted(map(str, resource.needs)),
            resource.annotations,
            dict(built.labels),
            resource.words,
        ]
    )


def _plain(value: Any) -> Any:
    """What JSON has no form for, in exactly one: a number is the same however many zeros."""
    match value:
        case Mapping():
            return dict(value)
        case set() | frozenset():
            return sorted(value, key=ENCODER.encode)
        case Decimal():
            return {"decimal": f"{value.normalize():f}"}
        case _:
            return str(value)


ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain
)
