"""The ``pinlamp`` command and what it stands on: emulator, fakes, bench, traces, screen."""
