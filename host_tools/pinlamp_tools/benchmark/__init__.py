"""`pinlamp bench`: how fast driver and survey are, held against the ideal and against others."""
