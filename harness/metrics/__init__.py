"""Pure summaries of records: every number with its uncertainty."""
