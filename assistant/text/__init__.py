"""How group members write: folding, numerals, product names, order lines, 接龙 lists. Pure functions, no I/O."""
