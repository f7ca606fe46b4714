"""Who signs in, as `auth` of `pcsync.yaml` says it: applications, persons, and where secrets are.

Owns the typed form of these settings (manifest-reference section 11). Must not import yaml,
jsonschema or click.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pcsync.model import NOTHING


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is: in an environment variable, or in a file. Exactly one is set."""

    env: str | None = None
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """One identity: an application, how it proves who it is, and the person it acts for.

    `token` is where a federated token comes from: (``github``, audience), (``azureDevOps``, service
    connection), (``env``, name), (``file``, path). `keep_file` and `keep_command` are where the
    newest refresh token goes.
    """

    kind: str
    app: str = ""
    secret: Reference | None = None
    refresh_token: Reference | None = None
    certificate: Reference | None = None
    passphrase: Reference | None = None
    token: tuple[str, str] | None = None
    keep_file: Path | None = None
    keep_command: tuple[str, ...] = ()


def sign_in(value: Mapping[str, Any] | None, directory: Path) -> SignIn | None:
    """One identity of `auth`, if any; relative paths are joined to `directory`."""
    if value is None:
        return None
    user = value.get("user", NOTHING)
    keep = user.get("keep", NOTHING)
    return SignIn(
        kind=value["kind"],
        app=value.get("app", "").lower(),
        secret=_reference(value.get("secret"), directory),
        refresh_token=_reference(user.get("refreshToken"), directory),
        certificate=_reference(value.get("certificate"), directory),
        passphrase=_reference(value.get("passphrase"), directory),
        token=_token(value.get("token"), directory),
        keep_file=directory / keep["file"] if "file" in keep else None,
        keep_command=tuple(keep.get("command", ())),
    )


def _token(value: Mapping[str, Any] | None, directory: Path) -> tuple[str, str] | None:
    if value is None:
        return None
    match next(iter(value.items())):
        case "github", inner:
            return "github", (inner or NOTHING).get("audience", "")
        case "azureDevOps", inner:
            return "azureDevOps", (inner or NOTHING).get("serviceConnection", "")
        case "file", path:
            return "file", str(directory / path)
        case name, found:
            return name, found


def _reference(value: Mapping[str, str] | None, directory: Path) -> Reference | None:
    if value is None:
        return None
    if "env" in value:
        return Reference(env=value["env"])
    return Reference(file=directory / value["file"])
