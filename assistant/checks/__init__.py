"""Checks of a group's knowledge: what contradicts, hides, repeats or lacks something, before members find out."""
