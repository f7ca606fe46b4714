"""Where federated assertions come from: the token that a pipeline or a cluster vouches with.

Owns GitHub Actions, GitLab (a variable), Azure DevOps and token files (Kubernetes). Each is read
anew for every sign-in, for they live minutes. Must not import anything of pcsync but the errors and
its client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pcsync.client.signin_http import HttpClient
from pcsync.errors import SettingsError, SignInFailed

EXCHANGE = "api://AzureADTokenExchange"
"""The audience that Microsoft Entra asks for unless the app's federated credential says another."""

GITHUB_URL, GITHUB_TOKEN = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
AZURE_URL, AZURE_TOKEN = "SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN"
FILE = "AZURE_FEDERATED_TOKEN_FILE"
_PERMISSION = "give the job `permissions: {id-token: write}`"
_STEP = "hand `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` to the step"


@dataclass(frozen=True, slots=True)
class Source:
    """Which token: `kind` is ``github``, ``azureDevOps``, ``env``, ``file``, or ``auto``.

    `value` is the audience, the service connection's id, the variable's name or the path.
    """

    kind: str = "auto"
    value: str = ""


def assertion(
    source: Source, http: HttpClient, environment: Mapping[str, str]
) -> Callable[[], str]:
    """A function that gets a fresh assertion. It raises SignInFailed, SettingsError."""
    found = detected(environment) if source.kind == "auto" else source
    match found.kind:
        case "github":
            return lambda: _github(http, environment, found.value or EXCHANGE)
        case "azureDevOps":
            return lambda: _azure(http, environment, found.value)
        case "env":
            return lambda: _variable(environment, found.value, "the job must be given it")
        case _:
            return lambda: _file(Path(found.value))


def detected(environment: Mapping[str, str]) -> Source:
    """The source that this machine offers. Raises SettingsError if there is none."""
    if environment.get(GITHUB_URL):
        return Source("github", EXCHANGE)
    if environment.get(FILE):
        return Source("file", environment[FILE])
    if environment.get(AZURE_URL):
        return Source("azureDevOps")
    raise SettingsError(
        "`kind: federated`, but nothing here gives out tokens",
        f"on GitHub {_PERMISSION}; elsewhere say `token: {{env: NAME}}` or `token: {{file: PATH}}`",
    )


def _github(http: HttpClient, environment: Mapping[str, str], audience: str) -> str:
    url = _variable(environment, GITHUB_URL, _PERMISSION)
    pass_ = _variable(environment, GITHUB_TOKEN, _PERMISSION)
    join = "&" if "?" in url else "?"
    answer = http.get(
        f"{url}{join}audience={quote(audience, safe='')}",
        headers={"Authorization": f"Bearer {pass_}", "Accept": "application/json"},
    )
    return _member(answer, "value", "GitHub", _PERMISSION)


def _azure(http: HttpClient, environment: Mapping[str, str], connection: str) -> str:
    url = _variable(environment, AZURE_URL, "use it in a job of Azure Pipelines")
    pass_ = _variable(environment, AZURE_TOKEN, _STEP)
    which = f"&serviceConnectionId={quote(connection, safe='')}" if connection else ""
    answer = http.post(
        f"{url}?api-version=7.1{which}",
        headers={"Authorization": f"Bearer {pass_}", "Content-Type": "application/json"},
    )
    return _member(answer, "oidcToken", "Azure DevOps", _STEP)


def _member(answer: Any, name: str, who: str, advice: str) -> str:
    try:
        found = answer.json() if answer.status_code == 200 else None
    except ValueError:
        found = None
    token = found.get(name) if isinstance(found, dict) else None
    if not isinstance(token, str) or not token:
        raise SignInFailed(f"{who} gave no token for this job ({answer.status_code})", advice)
    return token


def _variable(environment: Mapping[str, str], name: str, advice: str) -> str:
    if not (value := environment.get(name, "").strip()):
        raise SettingsError(f"the variable {name} is not set", advice)
    return value


def _file(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"the token file {path} can't be read: {getattr(error, 'strerror', 'not text')}",
            "correct `token` in pcsync.yaml, or mount the file",
        ) from None
