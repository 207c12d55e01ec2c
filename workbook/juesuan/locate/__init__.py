"""All relations of a book at once: is the rounding harmless, and if not, which cells are wrong."""
