"""How the weights are fitted. Never imported at run time."""
