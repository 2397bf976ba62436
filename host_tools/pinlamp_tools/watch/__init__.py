"""`pinlamp watch`: what a device says of the card that lies on it, as it says it."""
