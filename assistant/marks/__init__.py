"""What sellers thought of answers and silences: marks, and the operating point that a group learnt from them."""
