"""The soak: the whole device on a virtual clock, tapped thousands of times and judged."""
