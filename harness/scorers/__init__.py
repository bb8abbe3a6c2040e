"""Pure judges of one output, one family a file."""
