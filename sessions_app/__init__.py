"""Floors 1 to 5: what an event needs, in small apps that build on each other."""
