"""The way to Partner Center: clouds, tokens, requests, paging, limits, errors.

Owns all talking to the service and to its sign-in. Must not import anything of pcsync but the
nouns and the errors: it knows no kinds, no plans and no emulator.
"""

from pcsync.client.answers import Answer
from pcsync.client.body import decode, encode, fold_names
from pcsync.client.client import Client
from pcsync.client.clock import Clock, EmulatorClock, SystemClock
from pcsync.client.clouds import CLOUDS, Cloud, cloud_named, emulator
from pcsync.client.gate import Gate, OutOfTime
from pcsync.client.guard import is_read
from pcsync.client.hook import Attempt, OnRequest
from pcsync.client.identity import Identity, SignInDesk, open_tokens
from pcsync.client.policy import Policy
from pcsync.client.retry import NotSent, Retry, is_answer
from pcsync.client.scrub import scrub
from pcsync.client.session import Network, open_session
from pcsync.client.signin import App, Consent, MsalTokens
from pcsync.client.signin_device import login, logout
from pcsync.client.signin_http import HttpClient, SwapScheme, sign_in_http
from pcsync.client.signin_sources import Source
from pcsync.client.slots import KeptTokens, WrongTenant, claims
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
    "Identity",
    "KeptTokens",
    "MsalTokens",
    "Network",
    "NotSent",
    "OnRequest",
    "OutOfTime",
    "Policy",
    "Retry",
    "SignInDesk",
    "Source",
    "SwapScheme",
    "SystemClock",
    "Tokens",
    "WrongTenant",
    "claims",
    "cloud_named",
    "decode",
    "emulator",
    "encode",
    "fold_names",
    "is_answer",
    "is_read",
    "login",
    "logout",
    "open_session",
    "open_tokens",
    "scrub",
    "sign_in_http",
]
