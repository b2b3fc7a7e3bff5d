"""Polls in a group: members vote by number, one vote each, until the poll closes."""
