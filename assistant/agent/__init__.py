"""The tools that rules and language models share."""
