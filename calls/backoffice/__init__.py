"""Calls and panels in the back office."""
