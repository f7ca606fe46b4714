"""Failures of the network in words: the one place that knows the exceptions of requests.

Owns the table from `requests.exceptions` to a reason. Must not import pcsync but the errors.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from requests import exceptions as of_requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from urllib3.exceptions import HTTPError as PoolError

from pcsync.client.retry import NotSent
from pcsync.errors import Unreachable

REASONS: Mapping[type[of_requests.RequestException], str] = MappingProxyType(
    {
        of_requests.RequestException: "the request failed",
        of_requests.ConnectionError: "the connection could not be made, or broke",
        of_requests.ProxyError: "the proxy did not let the request through",
        of_requests.SSLError: "the secure connection could not be made",
        of_requests.Timeout: "nothing came in time",
        of_requests.ConnectTimeout: "the connection could not be made in time",
        of_requests.ReadTimeout: "the answer did not come in time",
        of_requests.HTTPError: "the answer was an error",
        of_requests.TooManyRedirects: "the service sends requests round in circles",
        of_requests.ChunkedEncodingError: "the answer broke off",
        of_requests.ContentDecodingError: "the answer is not compressed as it says",
        of_requests.StreamConsumedError: "the answer was read twice",
        of_requests.RetryError: "too many tries",
        of_requests.UnrewindableBodyError: "the request could not be sent again",
        of_requests.InvalidJSONError: "the answer is not JSON",
        of_requests.JSONDecodeError: "the answer is not JSON",
        of_requests.URLRequired: "there is no url",
        of_requests.MissingSchema: "the url does not begin with https",
        of_requests.InvalidSchema: "the url does not begin with https",
        of_requests.InvalidURL: "the url can't be used",
        of_requests.InvalidProxyURL: "the proxy's url can't be used",
        of_requests.InvalidHeader: "a header can't be sent",
    }
)

NEVER_SENT = (
    of_requests.URLRequired,
    of_requests.MissingSchema,
    of_requests.InvalidSchema,
    of_requests.InvalidURL,
    of_requests.InvalidHeader,
)


class Unconnected(Unreachable):
    """There was no connection, so nothing was sent; the next try may find one."""

    sent = False


@contextmanager
def translated(method: str, path: str) -> Iterator[None]:
    """Raises Unreachable (NotSent or Unconnected if it never left) instead of what requests and
    urllib3 raise."""
    try:
        yield
    except NEVER_SENT as error:
        raise NotSent(method, path, reason(error)) from error
    except (OSError, PoolError) as error:
        kind = Unconnected if _unconnected(error) else Unreachable
        raise kind(method, path, reason(error)) from error


def _unconnected(error: Exception) -> bool:
    """Whether there never was a connection; requests hands urllib3's reason on inside."""
    inner = getattr(error.args[0], "reason", None) if error.args else None
    known = isinstance(error, of_requests.ConnectTimeout)
    return known or isinstance(inner, (NewConnectionError, ConnectTimeoutError))


def reason(error: BaseException) -> str:
    """Why there was no answer: words of our own, for urls of proxies may hold passwords."""
    known = (REASONS[kind] for kind in type(error).__mro__ if kind in REASONS)
    words = next(known, "the request failed")
    detail = _system_words(error)
    return f"{words}: {detail}" if detail else words


def _system_words(error: BaseException | None) -> str:
    """What the operating system said, from the innermost error: ``Connection refused``."""
    found = ""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            found = error.verify_message
        elif isinstance(error, OSError) and isinstance(error.strerror, str) and error.errno:
            found = error.strerror
        error = error.__cause__ or error.__context__
    return found
