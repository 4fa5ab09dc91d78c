"""Floor 4: signed tickets, gates, rules, redeeming at the door with and without a network."""
