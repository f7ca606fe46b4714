"""How problems speak: quoting what was written, the nearest known word, short examples.

Owns the wording that all checks of this stage share. Must not import yaml, jsonschema or a stage.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

LONGEST = 60


def quoted(text: object) -> str:
    """What was written, on one line, at most 60 characters, control characters spelled out."""
    shown = visible(str(text)[: LONGEST + 1])
    return f"`{shown[:LONGEST]}…`" if len(shown) > LONGEST else f"`{shown}`"


def visible(text: str) -> str:
    """A text on one line: what can't be printed is spelled out, such as ``\\n``."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)


def listed(words: Iterable[object], last: str = "or") -> str:
    """Words for a sentence: "`a`, `b` or `c`"."""
    shown = [quoted(word) for word in words]
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def nearest(word: str, known: Sequence[str]) -> str:
    """Advice for an unknown word: the one that was probably meant, else all there are."""
    folded = {name.lower(): name for name in known}
    close = get_close_matches(word[:LONGEST].lower(), list(folded), n=1, cutoff=0.6)
    if close:
        return f"did you mean `{folded[close[0]]}`?"
    return f"known here: {listed(sorted(known), 'and')}" if known else "remove it"


def example(name: str, schema: Mapping[str, Any]) -> str:
    """ ", such as `name: value`" by the first example of a schema; empty where there is none."""
    for value in schema.get("examples", ())[:1]:
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if len(shown) <= LONGEST:
            return f", such as `{name}: {shown}`" if name else f", such as `{shown}`"
    return ""
