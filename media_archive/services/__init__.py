"""Writes of the archive; one function is one use case in one transaction."""
