"""What is on a virtual card: applets, files, PINs, and the list of the cards there are."""
