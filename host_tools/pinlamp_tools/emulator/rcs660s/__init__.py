"""The virtual RC-S660/S: its UART, its messages and commands, and its faults."""
