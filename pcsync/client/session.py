"""Sessions of requests: a bounded pool, no cookies, proxies only where they belong.

Owns how a session is made. Must not import anything of pcsync but its client's clouds.
"""

from __future__ import annotations

from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter

from pcsync.client.clouds import Cloud


def open_session(cloud: Cloud, *, pool_maxsize: int = 16) -> requests.Session:
    """A session for this cloud with at most `pool_maxsize` connections; close it when done.

    More threads than that wait for a connection. The environment's proxies and certificates are
    honoured for real clouds, never for this machine. It keeps no cookies: threads share it, and a
    token is all the state a call may have. It repeats nothing by itself.
    """
    session = requests.Session()
    session.trust_env = not cloud.is_local
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_maxsize=pool_maxsize, pool_block=True, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
