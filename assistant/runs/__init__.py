"""Runs of a group's suites in the background: started, watched, stopped, kept, compared."""
