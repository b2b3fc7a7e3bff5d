"""What a whole group is told by the clock: when it is due, what it says, what became of it."""
