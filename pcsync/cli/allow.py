"""`--allow NAME[=VALUE]`: what may happen once although it is refused otherwise.

Owns the list of names. What a name means is said by whoever asks `ProjectRules.allowed` for it.
"""

from __future__ import annotations

import getpass
import os
import re
from collections.abc import Mapping, Sequence

from pcsync.errors import UsageError
from pcsync.model import NOTHING, UNKNOWN, Measure

NUMBER = "N"
NUMERAL = re.compile(r"[0-9]{1,9}")
MONEY = frozenset({Measure.ADD_PER_MONTH.value, Measure.UPFRONT.value})
# Each name with what its value is; None where it has none. Measures are those of `limits`.
NAMES: Mapping[str, str | None] = {
    "create": "ADDRESS",
    "empty-exclusive": None,
    "freeze": None,
    "take-again": "ADDRESS",
    **{measure.value: NUMBER for measure in Measure},
}
# Who gave the flags, where a pipeline says so.
ACTORS = ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILD_REQUESTEDFOREMAIL")


def allowed(words: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The flags by name, each with its values in order. Raises UsageError for what is none."""
    found: dict[str, tuple[str, ...]] = {}
    for word in words:
        name, given, value = word.partition("=")
        if name not in NAMES:
            from pcsync.manifests import nearest

            raise UsageError(f"--allow {name}: nothing has this name", nearest(name, list(NAMES)))
        wanted = NAMES[name]
        if wanted is not None and not value:
            raise UsageError(f"--allow {name} needs a value", f"write --allow {name}={wanted}")
        if wanted is None and given:
            raise UsageError(f"--allow {name} has no value", f"write --allow {name}")
        if wanted == NUMBER:
            _check_number(name, value, found)
        found[name] = tuple(dict.fromkeys((*found.get(name, ()), *([value] if value else []))))
    return found or NOTHING


def _check_number(name: str, value: str, found: Mapping[str, tuple[str, ...]]) -> None:
    """A limit is lifted to one whole number; a price that nobody knows by that word."""
    if not NUMERAL.fullmatch(value) and not (name in MONEY and value == UNKNOWN):
        unknown = f", or {name}={UNKNOWN} where a price is unknown" if name in MONEY else ""
        what = f"--allow {name}={value}: {value} is no whole number"
        raise UsageError(what, f"write --allow {name}=5{unknown}")
    if found.get(name, (value,)) != (value,):
        raise UsageError(f"--allow {name} is given with two numbers", "say one")


def asked_by(environment: Mapping[str, str] = os.environ) -> str:
    """Who gave the flags: the person that the pipeline names, else the one at this machine."""
    named = next((environment[name] for name in ACTORS if environment.get(name)), "")
    try:
        return named or getpass.getuser()
    except (KeyError, OSError):
        return UNKNOWN
