"""Verdicts of independent implementations, as fixtures: `make references` writes them, tests compare ours."""
