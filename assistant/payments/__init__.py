"""Payment claims; only the seller makes one a payment."""
