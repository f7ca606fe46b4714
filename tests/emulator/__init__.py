"""Tests of the emulator against the API reference, over a socket and without pcsync's client."""
