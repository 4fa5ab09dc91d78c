"""Sockets: tell open programme pages that a new release is out."""

from channels.generic.websocket import AsyncJsonWebsocketConsumer


class ReleaseConsumer(AsyncJsonWebsocketConsumer):
    """Sends the number of an event's newest release, now and whenever it changes."""
