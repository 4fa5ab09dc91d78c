"""The ASGI application: Django for HTTP, Channels for sockets."""

import os
from typing import Any
from wsgiref.headers import Headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup(set_prefix=False)

# Everything below needs the app registry that the call above has filled.
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from servestatic import ServeStaticASGI

from config.urls_live import urlpatterns as live_urlpatterns
from media_archive.serving import RecordingsASGI
from media_archive.uploads import PREFIX, UploadsASGI
from network.web.one_thread import OneThreadHandler

pages = OneThreadHandler()


def _as_it_says(headers: Headers, path: str, url: str) -> None:
    """Keep browsers from guessing another type for a static file."""
    headers["X-Content-Type-Options"] = "nosniff"


# Static files are answered before Django: its middleware would cost each page more than the page itself.
http: Any = pages
if settings.DEBUG:
    http = ASGIStaticFilesHandler(pages)
elif settings.STATIC_ROOT.is_dir():
    http = ServeStaticASGI(
        pages,
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        allow_all_origins=False,
        add_headers_function=_as_it_says,
    )
http = RecordingsASGI(http)
uploads = UploadsASGI()


async def requests(scope: Any, receive: Any, send: Any) -> None:
    """Lead bytes of recordings past Django, everything else to it."""
    await (uploads if scope["path"].startswith(PREFIX) else http)(scope, receive, send)


application = ProtocolTypeRouter(
    {
        "http": requests,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(live_urlpatterns))),
    }
)
