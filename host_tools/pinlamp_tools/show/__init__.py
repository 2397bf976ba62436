"""What events mean, and how people see it: words, tables, text for terminals."""
