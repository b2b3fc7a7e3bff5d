"""Access to a language model: calls, faults, budgets, and the one that Yidan serves itself."""
