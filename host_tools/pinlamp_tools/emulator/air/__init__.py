"""Between chip and card: ISO/IEC 14443 on the card's side, and the antenna's field."""
