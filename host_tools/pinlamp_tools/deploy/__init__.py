"""What goes onto a real device, and how: deployment, settings, doctor."""
