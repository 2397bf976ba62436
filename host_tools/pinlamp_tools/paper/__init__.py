"""What is printed: labels and wiring pictures."""
