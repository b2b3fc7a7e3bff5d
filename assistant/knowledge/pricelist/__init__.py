"""A seller's own price list, in whatever shape it is, as products: columns are guessed, doubts are told by line."""
