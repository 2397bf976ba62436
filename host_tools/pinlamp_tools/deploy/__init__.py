"""Care for a real device: deployment, settings, doctor."""
