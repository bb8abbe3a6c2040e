"""Presentation: what the reader of a bake-off sees."""
