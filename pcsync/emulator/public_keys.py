"""Reading certificates and public keys, as PEM or as JSON Web Keys.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key


@dataclass(frozen=True)
class Certificate:
    """A certificate: the ways in which a JWT header names it, its key, when it holds."""

    x5t: str
    x5t_s256: str
    kid: str
    key: Any
    begins: datetime
    ends: datetime

    def named_by(self, header: dict[str, Any]) -> bool:
        """Whether the header means this certificate; SHA-256 goes before SHA-1."""
        if "x5t#S256" in header:
            return _bare(header["x5t#S256"]) == self.x5t_s256
        if "x5t" in header:
            return _bare(header["x5t"]) == self.x5t
        return str(header.get("kid", "")).upper() == self.kid


@lru_cache(maxsize=64)
def certificate(text: str) -> Certificate:
    """A certificate in PEM form with an RSA key. ValueError if it is none."""
    read = x509.load_pem_x509_certificate(text.encode())
    key = read.public_key()
    if not isinstance(key, RSAPublicKey):
        raise ValueError("its key is not RSA")
    sha1 = read.fingerprint(hashes.SHA1())
    return Certificate(
        _text(sha1),
        _text(read.fingerprint(hashes.SHA256())),
        sha1.hex().upper(),
        key,
        read.not_valid_before_utc,
        read.not_valid_after_utc,
    )


@lru_cache(maxsize=64)
def public_key(text: str) -> Any:
    """A public key as PEM (a certificate will do) or JSON Web Key. ValueError if it is none."""
    if text.lstrip().startswith("{"):
        try:
            return jwt.PyJWK(json.loads(text)).key
        except jwt.PyJWTError as wrong:
            raise ValueError(str(wrong)) from wrong
    if "BEGIN CERTIFICATE" in text:
        return certificate(text).key
    return load_pem_public_key(text.encode())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bare(value: Any) -> str:
    return str(value).rstrip("=").replace("+", "-").replace("/", "_")
