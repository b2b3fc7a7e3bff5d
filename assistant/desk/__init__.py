"""Tickets: what needs a human, with the context they need; and pauses while one talks."""
