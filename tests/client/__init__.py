"""The client against stubs of its transport, and against the emulator."""
