"""The report is right, escaped and traceable."""
