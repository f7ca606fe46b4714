"""A process that ends in the middle, played within this one; and the settings that it runs with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import Any

from pcsync.apply import Moment
from pcsync.cli.settings import EMULATOR_TENANT, Settings
from pcsync.client import emulator


class Killed(BaseException):
    """The process is gone: nothing of it may be written down any more."""


@dataclass
class Kill:
    """A hook that kills at the `number`-th moment of a kind, of steps whose id contains `step`; and
    from then on at every one."""

    moment: Moment
    step: str = ""
    number: int = 1
    lock: Lock = field(default_factory=Lock)
    dead: bool = False

    def __call__(self, moment: Moment, step: str) -> None:
        """A moment has come."""
        with self.lock:
            self.number -= moment is self.moment and self.step in step
            self.dead |= self.number <= 0
            if self.dead:
                raise Killed(f"{moment} of {step}")


def settings_of(url: str, folder: Path, manifests: Path, **changes: Any) -> Settings:
    """A partner who signs in to the emulator at `url`, with passwords kept in the folder."""
    made = Settings(
        folder,
        emulator(url),
        EMULATOR_TENANT,
        app="pcsync",
        app_secret="emulator",
        refresh_token="emulator-user",
        paths=(manifests,),
        attested=True,
        sink=folder / "secrets.jsonl",
        parallel=2,
    )
    return replace(made, **changes)
