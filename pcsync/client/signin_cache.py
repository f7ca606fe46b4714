"""Where `pcsync login` keeps what people signed in with: encrypted where the platform can.

Owns the place and the choice. Must not import anything of pcsync but its client.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def place(environment: Mapping[str, str], cloud: str, tenant: str, app: str) -> Path:
    """The file of one sign-in: per cloud, partner and app."""
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or Path.home())
    default = home / ".cache"
    if sys.platform == "win32":
        default = Path(environment.get("LOCALAPPDATA") or home)
    root = Path(environment.get("XDG_CACHE_HOME") or default)
    return root / "pcsync" / f"login-{cloud}-{tenant}-{app}.bin"


def opened(path: Path, warn: Callable[[str], None], *, encrypted: bool = True) -> Any:
    """msal's token cache in this file; `warn` is told if nothing on this machine encrypts it."""
    import msal_extensions  # slow to load, and only people need it

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return msal_extensions.PersistedTokenCache(_persistence(path, warn, encrypted))


def _persistence(path: Path, warn: Callable[[str], None], encrypted: bool) -> Any:
    import msal_extensions

    if encrypted:
        try:
            return msal_extensions.build_encrypted_persistence(str(path))
        except Exception:  # each platform's keyring fails in ways of its own, imports included
            pass
    warn(f"no keyring on this machine: the sign-in is kept unencrypted in {path}, mode 0600")
    return msal_extensions.FilePersistence(str(path))
