"""Webhooks: what happens at an event is told to other programs, signed, and never to private addresses."""
