"""First light: a guided session with a real device or card reader, and its file."""
