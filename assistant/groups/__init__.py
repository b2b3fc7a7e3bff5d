"""Groups: their settings, their folders, their life from opening to closing, and their searchable form."""
