"""Writes docs/manifests.md from the schemas of the kinds: `python -m tests.docs.reference`.

The page is what the schemas say, so it can't lag behind them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from pcsync.kinds import Kind, load_kinds

HEAD = """\
# What manifests can say

Written from the schemas of the kinds by `python -m tests.docs.reference`; editors use
[`schemas/`](../schemas).

A document has `apiVersion: pcsync/v1`, `kind`, `metadata` (`name`, `labels`, `annotations`) and
`spec`. What belongs to a customer is nested in it, or is a document of its own with
`customer: NAME`; nested things have their `name` beside their fields. A field that is absent is not
managed. `null` clears where the table says so, and is an error elsewhere.

Scalars are read by the type of their field: `NO` is Norway, `01067` a postal code and `6500.00` an
exact amount, without quotes.

`${env:NAME}` in a text stands for a variable of the environment, if `variables: [NAME]` in
`pcsync.yaml` lists it; with `--base` the list of the base counts, so a change can't use what it
lists itself. Another name, or one that is not set, is an error that shows no value. What a variable
holds is text like any other from there on: it may be shown in plans, so a variable with a secret
must not be listed. Names, ids, references to others, dates and words with a meaning (`state`,
`endOfTerm`) are never resolved, and neither are keys. `pcsync render` prints what was written.
"""


def fields(
    schema: Mapping[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    """Dotted name, schema and whether it is required, of every field that a kind has."""
    required = set(schema.get("required", ()))
    for name, field in schema["properties"].items():
        inner = "properties" in field and not {"x-kind", "x-secret"} & field.keys()
        if inner and not field.get("x-notYet"):
            yield from fields(field, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field, name in required


def notes(field: Mapping[str, Any], required: bool) -> str:
    """What a reader has to know beside the description."""
    found = ["required"] if required else []
    found += ["at creation only"] if field.get("x-createOnly") else []
    found += ["`null` clears"] if field.get("x-clearable") else []
    found += ["never sent"] if field.get("x-manifestOnly") else []
    found += [f"holds {field['x-kind']}"] if "x-kind" in field else []
    if "enum" in field:
        later = set(field.get("x-notYetValues", ()))
        found.append(" or ".join(f"`{value}`" for value in field["enum"] if value not in later))
    return ", ".join(found)


def section(kind: Kind) -> Iterator[str]:
    """One kind: its fields, then the words that this version refuses."""
    yield f"\n## {kind.schema['title']}\n\n{kind.schema['description']}\n"
    yield "| Field | What it is | Notes | Example |\n|--|--|--|--|"
    later = []
    for name, field, required in fields(kind.schema):
        if field.get("x-notYet"):
            later.append(f"`{name}`")
            continue
        example = (
            json.dumps(field["examples"][0], ensure_ascii=False) if "examples" in field else ""
        )
        cells = (f"`{name}`", field["description"], notes(field, required), f"`{example[:60]}`")
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    if later:
        yield f"\nNot supported yet, and refused: {', '.join(sorted(later))}."


def page() -> str:
    """The whole page."""
    parts = [HEAD.rstrip()]
    for kind in load_kinds().values():
        parts += section(kind)
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.stdout.write(page())
