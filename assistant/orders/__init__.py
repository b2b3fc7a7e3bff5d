"""Orders: their states, the rules of the ledger, their rows."""
