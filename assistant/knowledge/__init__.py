"""What a group knows: its entries and its catalogue, where they are kept, and how they come in and go out."""
