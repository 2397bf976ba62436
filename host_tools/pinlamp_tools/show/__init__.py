"""What events mean, and how people see them: words, rows, tables, text for terminals."""
