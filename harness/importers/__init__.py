"""Logs of other tools, read as what Bakeoff would have recorded; nothing in them is run, followed or trusted."""
