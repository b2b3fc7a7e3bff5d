"""The console's pages, one module each; they are found by themselves."""
