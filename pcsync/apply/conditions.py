"""Whether an answer meets a condition, and what stands at a path of it.

A path is dotted member names; `""` is the answer itself. Pure; imports the nouns and values only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, assert_never

from pcsync.model import All, AtLeast, AtMost, Condition, Empty, Every, Is, Keep, Not, Some
from pcsync.values import absent, same, word


def value_at(body: Any, path: str) -> Any:
    """The value at a dotted path; None where a member is missing. Names fold where needed."""
    found = body
    for name in path.split(".") if path else ():
        if not isinstance(found, Mapping):
            return None
        found = found[name] if name in found else _folded(found, name)
    return found


def _folded(body: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in body.items() if key.lower() == name.lower()), None)


def holds(condition: Condition, body: Any) -> bool:
    """Whether `body` meets `condition`. References must have been resolved before."""
    match condition:
        case Is():
            return _is(condition, value_at(body, condition.path))
        case AtLeast(path, least):
            found = value_at(body, path)
            return isinstance(found, (int, float, Decimal)) and found >= least
        case AtMost(path, most):
            found = value_at(body, path)
            return isinstance(found, (int, float, Decimal)) and found <= most
        case Empty(path):
            return absent(value_at(body, path))
        case Some(path, where):
            return any(holds(where, member) for member in members(body, path))
        case Every(path, where):
            return all(holds(where, member) for member in members(body, path))
        case All(each):
            return all(holds(one, body) for one in each)
        case Not(inner):
            return not holds(inner, body)
        case never:
            assert_never(never)


def members(body: Any, path: str) -> Sequence[Any]:
    """The members of the list at a path; none where there is nothing, one where it is no list."""
    found = value_at(body, path)
    if absent(found):
        return ()
    return found if isinstance(found, (list, tuple)) else (found,)


def _is(condition: Is, found: Any) -> bool:
    if condition.prefix and isinstance(found, str):
        if condition.fold:
            return word(found).startswith(word(condition.value))
        return found.startswith(condition.value)
    return same(found, condition.value, fold=condition.fold)


def kept(keep: Keep, body: Any) -> Any:
    """The value that `keep` asks to remember; None where the answer does not have it."""
    if not keep.among:
        return value_at(body, keep.path)
    for member in members(body, keep.among):
        if keep.where is None or holds(keep.where, member):
            return value_at(member, keep.path)
    return None
