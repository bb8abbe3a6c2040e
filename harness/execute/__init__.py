"""Concurrency: plans, lanes, budget and the runner."""
