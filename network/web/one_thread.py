"""How Django answers under ASGI here: the middleware and the view of a request in one thread, at one go."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler


class OneThreadHandler(ASGIHandler):
    """Django's ASGI handler for middleware and views that are not async, as all of ours are.

    The parent leads each request from the thread back to the loop and into the thread again between
    middleware and view, because some middleware knows both ways. That costs as much as a query.
    """

    def load_middleware(self, is_async: bool = False) -> None:
        """Build the chain as for WSGI, and run all of it in the request's own thread."""
        super().load_middleware(is_async=False)
        self._middleware_chain = sync_to_async(self._middleware_chain, thread_sensitive=True)
