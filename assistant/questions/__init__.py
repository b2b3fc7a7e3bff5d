"""Questions that nobody could answer from the records: grouped by meaning, counted, answered or dismissed."""
