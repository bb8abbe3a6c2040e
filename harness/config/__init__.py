"""Files become nouns, strictly; every error names file, line and column."""
