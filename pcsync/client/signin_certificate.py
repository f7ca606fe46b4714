"""An app's certificate: the private key and the public part, from one PEM text.

Owns what is accepted: RSA only, for the sign-in service takes no other. Must not import anything of
pcsync but the errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import load_pem_x509_certificate

from pcsync.errors import SettingsError

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_HOW = "give a PEM file with the RSA key and the certificate, as `cat key.pem cert.pem` makes it"


def credential(pem: str, passphrase: str | None = None) -> Mapping[str, str]:
    """The credential that msal takes; it makes the thumbprint from the public certificate.

    Raises SettingsError, never with any of the text.
    """
    blocks = {found[1]: found[0] for found in reversed(list(_BLOCK.finditer(pem)))}
    key = next((text for name, text in blocks.items() if name.endswith("PRIVATE KEY")), "")
    public = blocks.get("CERTIFICATE", "")
    if not key or not public:
        missing = "certificate" if key else "private key"
        raise SettingsError(f"the app's certificate has no {missing} in it", _HOW)
    _check(key, public, passphrase)
    made = {"private_key": key, "public_certificate": public}
    return made | ({"passphrase": passphrase} if passphrase else {})


def _check(key: str, public: str, passphrase: str | None) -> None:
    try:
        private = load_pem_private_key(key.encode(), passphrase.encode() if passphrase else None)
        certificate = load_pem_x509_certificate(public.encode())
    except (ValueError, TypeError):
        raise SettingsError(
            "the app's certificate can't be read", f"{_HOW}, and its `passphrase` if it has one"
        ) from None
    if not isinstance(private, RSAPrivateKey):
        raise SettingsError("the app's certificate has no RSA key", _HOW)
    if private.public_key() != certificate.public_key():
        raise SettingsError("the app's certificate is not that of its private key", _HOW)
