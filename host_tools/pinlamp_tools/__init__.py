"""The ``pinlamp`` command and what it stands on: emulator, fakes, simulator, traces, screen."""
