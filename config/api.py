"""The REST API: one document for all apps, version 1."""

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from matchmaking.api import router as exchange_router
from media_archive.api import router as recordings_router
from sessions_app.admission.api import router as admission_router
from sessions_app.programme.api import router as programme_router
from sessions_app.registration.api import router as registration_router
from sessions_app.registration.errors import Busy

api = NinjaAPI(
    title="Plenum",
    version="1",
    description=(
        "Released programmes are read by everybody. Registration, admission and the exchange ask for a token of the event, "
        "made in its back office, with the scope of the operation."
    ),
    urls_namespace="api",
    docs_url=None,
)
api.add_router("/events", programme_router)
api.add_router("/events", registration_router)
api.add_router("/events", admission_router)
api.add_router("/events", exchange_router)
api.add_router("/events", recordings_router)


@api.exception_handler(Busy)
def busy(request: HttpRequest, error: Busy) -> HttpResponse:
    """Ask for another try: the lock was not to be had, and nothing is written."""
    response = api.create_response(request, {"detail": "Others hold the lock. Try again."}, status=503)
    response["Retry-After"] = "1"
    return response
