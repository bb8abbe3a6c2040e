"""The network: the only importers of litellm."""
