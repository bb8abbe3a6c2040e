"""Disk: the ledger, the media and the frames read from them."""
