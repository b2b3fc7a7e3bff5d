"""What a group's week, or its whole life, came to: figures, pictures, a page and a message to the seller."""
