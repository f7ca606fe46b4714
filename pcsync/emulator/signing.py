"""The RSA key of the sign-in service, made of the world's seed: the same seed signs the same bytes.

It is worth nothing: whoever knows the seed knows the key. Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPrivateNumbers,
    RSAPublicNumbers,
)

from pcsync.emulator.world import World

EXPONENT = 65537
SPAN = 1 << 13
"""How many odd numbers are searched for a prime: many times the usual distance of two."""
SALT = "signing key 589"
"""Chosen so that the primes of seed 1 are found at once; other seeds take up to some seconds."""


def sign(world: World, claims: dict[str, Any]) -> str:
    """A JWT with these claims."""
    key = _key(_material(world))
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": _kid(key)})


def verified(world: World, token: str) -> dict[str, Any]:
    """The claims of a JWT that was signed here; times and audience are the caller's to check.

    jwt.InvalidTokenError if it was not.
    """
    return dict(_claims(_material(world), token))


@lru_cache(maxsize=1024)
def _claims(material: str, token: str) -> dict[str, Any]:
    """What a signature says does not change, and checking it costs more than the call itself."""
    key = _key(material).public_key()
    checks = ("verify_aud", "verify_exp", "verify_nbf", "verify_iat")
    options: Any = dict.fromkeys(checks, False)
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], options=options)
    return claims


def key_set(world: World) -> dict[str, Any]:
    """The public key as a JSON Web Key Set."""
    key = _key(_material(world))
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    kid = _kid(key)
    shown = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "x5t": kid}
    return {"keys": [{**shown, "n": public["n"], "e": public["e"]}]}


def _material(world: World) -> str:
    return world.ids.hexes("signing key", 64, SALT)


@lru_cache(maxsize=8)
def _key(material: str) -> RSAPrivateKey:
    p, q = _prime(f"{material} p"), _prime(f"{material} q")
    d = pow(EXPONENT, -1, (p - 1) * (q - 1))
    public = RSAPublicNumbers(EXPONENT, p * q)
    parts = RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    return parts.private_key(unsafe_skip_rsa_key_validation=True)


def _kid(key: RSAPrivateKey) -> str:
    modulus = str(key.public_key().public_numbers().n)
    return base64.urlsafe_b64encode(hashlib.sha256(modulus.encode()).digest()[:20]).decode()[:27]


def _prime(text: str) -> int:
    """The first prime of 1024 bits after a number that belongs to the text."""
    start = int.from_bytes(hashlib.shake_256(text.encode()).digest(128), "big") | (3 << 1022) | 1
    sieve = bytearray(SPAN)
    for small in _small_primes():
        first = -start * ((small + 1) // 2) % small
        sieve[first::small] = b"\1" * len(range(first, SPAN, small))
    for place, divided in enumerate(sieve):
        number = start + 2 * place
        if not divided and _is_prime(number) and (number - 1) % EXPONENT:
            return number
    return _prime(f"{text} again")


def _is_prime(number: int) -> bool:
    """Whether it passes Fermat's test to five bases: enough for numbers that nobody chose."""
    return all(pow(base, number - 1, number) == 1 for base in (2, 3, 5, 7, 11))


@lru_cache(maxsize=1)
def _small_primes() -> tuple[int, ...]:
    return tuple(n for n in range(3, 8192, 2) if all(n % d for d in range(3, int(n**0.5) + 1, 2)))
