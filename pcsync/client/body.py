"""JSON on the wire: exact numbers both ways, one casing of names (conventions.md section 5).

Owns encoding and decoding of bodies. Pure; must not import anything of pcsync.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

CAPITAL = re.compile(r'"[A-Z][^"]*"\s*:')


def encode(value: Any) -> bytes:
    """`value` as JSON in ASCII; a Decimal keeps its digits, an integral one becomes an integer.

    Raises TypeError on what JSON can't hold and ValueError on NaN and infinity.
    """
    return _text(value).encode("ascii")


def _text(value: Any) -> str:
    match value:
        case None | bool() | str() | int():
            return json.dumps(value)
        case Decimal() | float():
            return _number(value)
        case Mapping():
            return "{" + ",".join(f"{_name(k)}:{_text(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(map(_text, value)) + "]"
    raise TypeError(f"not a JSON value: {type(value).__name__}")


def _name(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError(f"not a JSON name: {type(key).__name__}")
    return json.dumps(key)


def _number(value: Decimal | float) -> str:
    if not isfinite(value):
        raise ValueError(f"not a JSON number: {value}")
    if value == int(value):
        return str(int(value))
    return format(value, "f") if isinstance(value, Decimal) else repr(value)


def decode(content: bytes) -> Any:
    """The value of a JSON body, names folded, fractions as Decimal; None if it is empty.

    A byte order mark is skipped. Raises ValueError on anything that is not JSON in UTF-8.
    """
    text = content.decode("utf-8-sig").strip()
    if not text:
        return None
    try:
        value = json.loads(text, parse_float=Decimal, parse_constant=_refuse)
        # Most answers are camelCase already: one search is far cheaper than rebuilding them.
        return fold_names(value) if CAPITAL.search(text) else value
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _refuse(constant: str) -> Any:
    raise ValueError(f"not a JSON number: {constant}")


def fold_names(value: Any) -> Any:
    """`value` with the first letter of every name in lower case, at every depth.

    Some answers are PascalCase. Where both casings stand side by side, the camelCase one counts.
    """
    if isinstance(value, dict):
        folded = {_fold(name): fold_names(item) for name, item in value.items()}
        return folded if len(folded) == len(value) else folded | _already_folded(value)
    return [fold_names(item) for item in value] if isinstance(value, list) else value


def _already_folded(value: dict[str, Any]) -> dict[str, Any]:
    return {name: fold_names(item) for name, item in value.items() if name == _fold(name)}


def _fold(name: str) -> str:
    return name[:1].lower() + name[1:]
