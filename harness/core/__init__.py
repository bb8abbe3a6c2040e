"""The nouns of Bakeoff: frozen values without IO, clock or randomness."""
