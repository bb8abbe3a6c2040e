"""Python that nobody trusts is run and checked here, where it can reach nothing."""
