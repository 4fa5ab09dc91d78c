"""Writes of the exchange, one module a noun."""
