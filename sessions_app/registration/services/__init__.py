"""Writes of registration: one function is one use case and one transaction."""
