"""A Partner Center on this machine: for the demo, tests, rehearsals and benchmarks.

Written from the API reference; imports nothing else of pcsync.
"""

from pcsync.emulator.app import create_app
from pcsync.emulator.server import RunningEmulator, running, serve
from pcsync.emulator.state_file import StateError, StateFile
from pcsync.emulator.world import World
from pcsync.emulator.worldfile import WorldError, load_world

__all__ = [
    "RunningEmulator",
    "StateError",
    "StateFile",
    "World",
    "WorldError",
    "create_app",
    "load_world",
    "running",
    "serve",
]
