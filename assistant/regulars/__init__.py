"""What a seller remembers of members who come back: the usual, under a fingerprint, never for another seller."""
