"""The page: the real firmware on a virtual reader in the browser, live events, guidance, slips."""
