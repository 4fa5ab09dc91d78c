"""Floor 1: events with their days, rooms, tracks and teams; the scope of everything above."""
