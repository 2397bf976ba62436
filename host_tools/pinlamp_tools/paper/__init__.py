"""Things to print: labels, sheets, the story and wiring pictures."""
