"""Sessions of requests: a bounded pool, no cookies, proxies and authorities where they belong.

Owns how a session is made. Must not import anything of pcsync but its client's clouds.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import should_bypass_proxies

from pcsync.client.clouds import Cloud

AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables that name certificates to trust, the first one that is set counts."""


@dataclass(frozen=True, slots=True)
class Network:
    """What a company's network needs: certificates to trust (a PEM file), and a proxy's url.

    Both outrank the environment; `NO_PROXY` holds for either.
    """

    ca: str | None = None
    proxy: str | None = None


DIRECT = Network()


def open_session(
    cloud: Cloud, *, pool_maxsize: int = 16, network: Network = DIRECT
) -> requests.Session:
    """A session for this cloud with at most `pool_maxsize` connections; close it when done.

    More threads than that wait for a connection. The environment's proxies and certificates are
    honoured for real clouds, never for this machine. It keeps no cookies: threads share it, and a
    token is all the state a call may have. It repeats nothing by itself.
    """
    session = _Session(network)
    session.trust_env = not cloud.is_local
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_maxsize=pool_maxsize, pool_block=True, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


class _Session(requests.Session):
    """A session in which the settings outrank the environment, which requests has the other way."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network

    def merge_environment_settings(
        self, url: Any, proxies: Any, stream: Any, verify: Any, cert: Any
    ) -> Any:
        """Proxy and certificates for one url."""
        found: Any = super().merge_environment_settings(url, proxies, stream, verify, cert)
        if self._network.ca:
            found["verify"] = self._network.ca
        elif self.trust_env and found["verify"] is True:
            found["verify"] = next(filter(None, map(os.environ.get, AUTHORITIES)), True)
        if self._network.proxy and self.trust_env and not should_bypass_proxies(url, None):
            found["proxies"] = {"http": self._network.proxy, "https": self._network.proxy}
        return found
