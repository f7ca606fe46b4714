"""Clients that others wrote, run against the emulator in an environment of their own."""
