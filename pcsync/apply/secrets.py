"""Secrets on their way: where a password comes from, and which plans need a place for one.

Owns the resolution of references. A secret never reaches a log, a plan, a report or an exception
text.
"""

from __future__ import annotations

import secrets as randomness
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pcsync.apply.sinks import Sink, handed
from pcsync.errors import SinkError
from pcsync.model import Call, Plan

LENGTH = 20
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%+-=@_")


class Passwords:
    """Resolves `password:` of a manifest when a request is made (manifest-reference.md 1.4).

    `command` of the settings makes new passwords where it is given: it reads the owner's address
    and prints one.
    """

    def __init__(
        self, sink: Sink, environment: Mapping[str, str], command: Sequence[str] = ()
    ) -> None:
        self._sink, self._environment, self._command = sink, environment, command
        self._made: dict[str, str] = {}

    def resolve(self, owner: str, spec: Mapping[str, Any]) -> str:
        """The secret for `owner`; a generated one is in the sink before it is returned, and is
        the same when the request is repeated. Raises SinkError."""
        match spec:
            case {"env": str(name)}:
                if not (value := self._environment.get(name)):
                    raise SinkError(f"the variable {name} is not set", "set it for this run")
                return value
            case {"file": str(path)}:
                return _read(Path(path))
            case {"generate": True}:
                return self._generate(owner)
            case _:
                raise SinkError(f"the password of {owner} is no reference", "say `generate: true`")

    def _generate(self, owner: str) -> str:
        if owner not in self._made:
            value = self._commanded(owner) if self._command else generate()
            self._sink.store(owner, value)
            self._made[owner] = value
        return self._made[owner]

    def _commanded(self, owner: str) -> str:
        """What the command prints. Raises SinkError: nothing was sent."""
        printed, how = handed(self._command, f"{owner}\n")
        found = printed.strip("\r\n")
        if how or not found:
            raise SinkError(
                f"`{self._command[0]}` gave no password for {owner}: {how or 'it printed nothing'}",
                "make the command of `secrets.generate` work, then run apply again",
            )
        return found


def generate() -> str:
    """A password of 20 characters that has every class the directory asks for."""
    while True:
        found = "".join(randomness.choice("".join(CLASSES)) for _ in range(LENGTH))
        if all(any(letter in group for letter in found) for group in CLASSES):
            return found


def needs_sink(plan: Plan) -> bool:
    """Whether a step makes a secret, or is given one once, that has to be stored somewhere."""
    calls = [step for step in plan.steps if isinstance(step, Call)]
    return any(keep.secret for call in calls for keep in call.keep) or any(
        _generates(call.body) for call in calls
    )


def _generates(body: Any) -> bool:
    match body:
        case {"$secret": {"generate": True}}:
            return True
        case Mapping():
            return any(_generates(inner) for inner in body.values())
        case list() | tuple():
            return any(_generates(inner) for inner in body)
        case _:
            return False


def _read(path: Path) -> str:
    try:
        found = path.read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SinkError(
            f"the password file {path} can't be read: {error.strerror}", "correct `password.file`"
        ) from error
    except UnicodeDecodeError:
        found = ""
    if not found:
        raise SinkError(f"the password file {path} holds no text", "correct `password.file`")
    return found
