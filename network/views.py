"""Pages of the ground floor: health."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import OperationalError


def healthz(request: HttpRequest) -> HttpResponse:
    """Tell that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Tell whether database, cache and broker answer; 503 when one does not."""
    parts = {"database": _database(), "cache": _cache(), "broker": _broker()}
    return JsonResponse(parts, status=200 if all(value == "ok" for value in parts.values()) else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "away"
    return "ok"


def _cache() -> str:
    try:
        cache.set("readyz", "1", 10)
        return "ok" if cache.get("readyz") == "1" else "away"
    except (OSError, ValueError) as _error:
        return "away"
    except Exception as error:
        if type(error).__module__.startswith("redis"):
            return "away"
        raise


def _broker() -> str:
    from config.celery import app

    if settings.CELERY_BROKER_URL.startswith(("filesystem:", "memory:")):
        return "ok"
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except (OperationalError, OSError):
        return "away"
    return "ok"
