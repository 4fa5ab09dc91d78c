"""Registrations as tables: columns, reading and writing; plain thinking without Django."""
