"""An event and its frame, and the programs that take part in it."""

from sessions_app.events.models.events import (
    SLUG,
    Event,
    EventDay,
    EventOrganiser,
    Room,
    TeamRole,
    TeamRoleName,
    Track,
    Venue,
    validate_brand,
    validate_zone,
)
from sessions_app.events.models.programs import (
    ApiToken,
    Scope,
    Webhook,
    WebhookDelivery,
    WebhookKind,
    WebhookOff,
)

__all__ = [
    "SLUG",
    "ApiToken",
    "Event",
    "EventDay",
    "EventOrganiser",
    "Room",
    "Scope",
    "TeamRole",
    "TeamRoleName",
    "Track",
    "Venue",
    "Webhook",
    "WebhookDelivery",
    "WebhookKind",
    "WebhookOff",
    "validate_brand",
    "validate_zone",
]
