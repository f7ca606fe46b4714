"""The way to Partner Center: clouds, tokens, requests, paging, limits, errors.

Owns all talking to the service and to its sign-in. Must not import anything of pcsync but the
nouns and the errors: it knows no kinds, no plans and no emulator.
"""

from pcsync.client.answers import Answer
from pcsync.client.body import decode, encode, fold_names
from pcsync.client.client import Client
from pcsync.client.clock import Clock, EmulatorClock, SystemClock
from pcsync.client.clouds import CLOUDS, Cloud, emulator
from pcsync.client.gate import Gate, OutOfTime
from pcsync.client.guard import is_read
from pcsync.client.hook import Attempt, OnRequest
from pcsync.client.policy import Policy
from pcsync.client.retry import NotSent, Retry, is_answer
from pcsync.client.scrub import scrub
from pcsync.client.session import open_session
from pcsync.client.signin import App, Consent, MsalTokens
from pcsync.client.signin_http import HttpClient, SwapScheme, sign_in_http
from pcsync.client.tally import Counts
from pcsync.client.tokens import Tokens

__all__ = [
    "CLOUDS",
    "Answer",
    "App",
    "Attempt",
    "Client",
    "Clock",
    "Cloud",
    "Consent",
    "Counts",
    "EmulatorClock",
    "Gate",
    "HttpClient",
    "MsalTokens",
    "NotSent",
    "OnRequest",
    "OutOfTime",
    "Policy",
    "Retry",
    "SwapScheme",
    "SystemClock",
    "Tokens",
    "decode",
    "emulator",
    "encode",
    "fold_names",
    "is_answer",
    "is_read",
    "open_session",
    "scrub",
    "sign_in_http",
]
