"""Floor 4, not built yet: recordings that know the programme."""
