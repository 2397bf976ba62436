"""The virtual PN532: its host links, its commands, its contactless half, and its faults."""
