"""Pages of tickets and of the door."""
