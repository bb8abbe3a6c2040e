"""Pure decision rules: from estimates to a verdict."""
