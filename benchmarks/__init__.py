"""Benchmarks: the goals that Bakeoff sets itself, measured here and now beside bare clients and the peers."""
