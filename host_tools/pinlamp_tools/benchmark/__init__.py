"""`pinlamp bench`: the speed of driver and survey, compared with the ideal and with others."""
