"""Writes of the programme: one function, one use case, one transaction."""
