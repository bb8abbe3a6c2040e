"""What is measured, each a process of its own that prints one JSON line: Bakeoff, and clients to hold beside it."""
