"""How dates are written in each language; Django reads these before its own."""
