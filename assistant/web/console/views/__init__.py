"""What the pages show, prepared by pure functions."""
