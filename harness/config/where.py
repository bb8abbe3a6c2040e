"""Where something stands in the data of a file."""

Where = tuple[str | int, ...]
"""A place in the data: the keys and indices that lead to it."""
LOST = -1
"""Stands for the index of an item that is there no more."""
