"""The clouds of Partner Center: where the API and the sign-in service are.

Owns the closed table of addresses (conventions.md section 1). Must not import anything of pcsync
but the errors, nor talk to anyone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType
from urllib.parse import urlsplit

from pcsync.errors import SettingsError

API = "https://api.partnercenter.microsoft.com"
CHINA_API = "https://partner.partnercenterapi.microsoftonline.cn"


@dataclass(frozen=True, slots=True)
class Cloud:
    """One Partner Center: its API, its sign-in authority, and the audience tokens are asked for."""

    name: str
    base_url: str
    authority: str
    audience: str = API

    @property
    def app_scope(self) -> str:
        """The scope of an App-only token (conventions.md section 2)."""
        return f"{self.audience}/.default"

    @property
    def user_scope(self) -> str:
        """The scope of an App+User token (conventions.md section 2)."""
        return f"{self.audience}/user_impersonation"

    @property
    def is_local(self) -> bool:
        """Whether the API runs on this machine: an emulator."""
        return is_loopback(self.base_url)


CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        cloud.name: cloud
        for cloud in (
            Cloud("global", API, "https://login.microsoftonline.com"),
            Cloud("usGovernment", API, "https://login.microsoftonline.com"),
            Cloud("china", CHINA_API, "https://login.chinacloudapi.cn", CHINA_API),
        )
    }
)
"""The real clouds by the names of `cloud:` in `pcsync.yaml`; `emulator` needs a url."""

CLOSED: Mapping[str, str] = MappingProxyType(
    {
        "germany": "Microsoft Cloud Germany was closed on 29 October 2021, and its customers "
        "were moved to the global cloud"
    }
)
"""Clouds that once were, and why nothing can be done there."""


def cloud_named(name: str) -> Cloud:
    """The real cloud of this name. Raises SettingsError, for a closed one with the reason."""
    if name in CLOSED:
        raise SettingsError(CLOSED[name], "say `cloud: global`, with the tenant they have there")
    if name not in CLOUDS:
        known = ", ".join([*CLOUDS, "emulator"])
        raise SettingsError(f"the cloud {name!r} is not known", f"say one of {known}")
    return CLOUDS[name]


def emulator(url: str) -> Cloud:
    """The emulator at this url; it plays the sign-in service, too.

    Raises SettingsError unless the url is http(s) to this machine: real credentials would leave it.
    """
    if not is_loopback(url) or urlsplit(url).scheme not in {"http", "https"}:
        raise SettingsError(
            "the emulator's address is not on this machine",
            "use an address like http://127.0.0.1:8080",
        )
    parts = urlsplit(url)
    root = f"{parts.scheme}://{parts.netloc}"
    return Cloud("emulator", root, root)


def is_loopback(url: str) -> bool:
    """Whether the url's host is this machine: 127.0.0.0/8, ::1 or localhost."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
