"""The REST API: one document for all apps, version 1."""

from ninja import NinjaAPI

from sessions_app.programme.api import router as programme_router

api = NinjaAPI(
    title="Plenum",
    version="1",
    description="Released programmes of events, read only.",
    urls_namespace="api",
    docs_url=None,
)
api.add_router("/events", programme_router)
