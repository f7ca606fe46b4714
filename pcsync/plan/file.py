"""The plan as a file: the text that `pcsync plan --out` writes and `pcsync apply` takes.

Owns the format's version, its schema (`plan.schema.json`) and the proof that nobody changed a plan
after it was made. Texts only, no files. Must not import a stage or a kind.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NoReturn

from pcsync.errors import PlanFileError
from pcsync.model import Plan
from pcsync.plan.codec import digest, from_data, to_data, write

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

FORMAT = 1
AGAIN = "run `pcsync plan --out FILE` again and apply that file"


def dump(plan: Plan) -> str:
    """The text of a plan file: JSON, members sorted, two spaces, a final newline.

    The same plan gives the same text on every machine; write it as UTF-8.
    """
    return write(to_data(plan)) + "\n"


def load(text: str, source: str) -> Plan:
    """The plan of a file's text; `source` names the file in errors.

    Raises PlanFileError for what is not JSON, has another format, does not fit the schema, or was
    changed after it was made.
    """
    data = _parsed(text, source)
    _check_format(data, source)
    try:
        if not _fits(text):
            _check_schema(data, source)
        plan = from_data(data)
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{source}: a value can't be read ({error})", AGAIN) from error
    if plan.id != digest(plan):
        raise PlanFileError(
            f"{source}: this plan was changed by hand, its id is not that of its content",
            f"change the manifests instead; {AGAIN}",
        )
    return plan


def _parsed(text: str, source: str) -> Any:
    try:
        return json.loads(
            text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_members
        )
    except json.JSONDecodeError as error:
        where = f"{source}:{error.lineno}:{error.colno}"
        raise PlanFileError(f"{where}: not JSON ({error.msg})", AGAIN) from error
    except (ValueError, RecursionError) as error:
        raise PlanFileError(f"{source}: not a plan ({error})", AGAIN) from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose members are named once: a reader must see what is applied."""
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"a member is there twice: {', '.join(twice)}")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not a JSON number")


def _check_format(data: Any, source: str) -> None:
    if not isinstance(data, dict) or "format" not in data:
        raise PlanFileError(f"{source}: this is JSON, but not a plan: it has no `format`", AGAIN)
    if data["format"] != FORMAT or isinstance(data["format"], bool):
        raise PlanFileError(
            f"{source}: format {data['format']}, and this pcsync reads format {FORMAT}",
            "apply it with the version of pcsync that made it, or plan again with this one",
        )


def _fits(text: str) -> bool:
    """Whether the text fits the schema, said fast: a plan of 10,000 actions is no rare one.

    A no is not the last word: jsonschema, the authority, then says what is wrong.
    """
    from jsonschema_rs import validator_for

    return bool(validator_for(_schema()).is_valid(json.loads(text)))


def _check_schema(data: Any, source: str) -> None:
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(data))
    if error is not None:
        found = f"{source}: {_where(error.absolute_path)}: {_what(error)}"
        raise PlanFileError(found, f"plan files are not made by hand; {AGAIN}")


def _where(path: Sequence[str | int]) -> str:
    """A JSON path: ``$.actions[0].verb``."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _what(error: ValidationError) -> str:
    """What a schema violation is, short: the offending value may be a whole plan."""
    long = len(error.message) > 160
    return f"does not fit its `{error.validator}`" if long else str(error.message)


@cache
def _schema() -> dict[str, Any]:
    text = files("pcsync.plan").joinpath("plan.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schema())
