"""What a run does where nobody says otherwise, for who says so before anything of it is loaded."""

RUNS_FOLDER = "reports"
"""Beside bakeoff.yaml: where runs are kept."""
DRAIN_S = 30.0
"""How long the first interrupt waits for the calls in flight."""
