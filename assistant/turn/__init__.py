"""One message's way: signals, decision, action, grounding, commit."""
