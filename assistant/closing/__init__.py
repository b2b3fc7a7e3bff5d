"""The end of a group: members told, everything in one archive, personal data erased; a new group from a copy."""
