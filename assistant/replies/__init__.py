"""What members are told: one catalogue of templates a language."""
