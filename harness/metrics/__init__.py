"""Summaries of records: every number leaves here with its uncertainty."""
