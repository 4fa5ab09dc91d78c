"""What the worker's clock starts by itself, and how often; seconds throughout."""

from typing import Any

DAY = 24 * 3600.0

SCHEDULE: dict[str, dict[str, Any]] = {
    # A sweep that nobody took is void when the next one comes.
    "deliver-outbox": {"task": "network.tasks.deliver_outbox", "schedule": 10.0, "options": {"expires": 30}},
    "deliver-to-strangers": {
        "task": "network.tasks.deliver_outbox",
        "args": ("strangers",),
        "schedule": 10.0,
        "options": {"expires": 30},
    },
    "purge-outbox": {"task": "network.tasks.purge_outbox", "schedule": DAY},
    "purge-webhook-deliveries": {
        "task": "sessions_app.events.tasks.purge_webhook_deliveries",
        "schedule": DAY,
    },
    "expire-offers": {
        "task": "sessions_app.registration.tasks.expire_offers",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "expire-requests": {
        "task": "matchmaking.tasks.expire_requests",
        "schedule": 60.0,
        "options": {"expires": 120},
    },
    "remind-of-meetings": {
        "task": "matchmaking.tasks.remind",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    # Often enough that a killed worker's run goes on within a minute.
    "tend-runs": {"task": "matchmaking.tasks.tend_runs", "schedule": 15.0, "options": {"expires": 30}},
    "tend-suggestions": {
        "task": "matchmaking.tasks.tend_suggestions",
        "schedule": 10.0,
        "options": {"expires": 30},
    },
    "tend-media": {
        "task": "media_archive.tasks.tend_media",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "delete-old-paper": {
        "task": "sessions_app.admission.tasks.delete_old_paper",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "delete-old-drafts": {
        "task": "sessions_app.registration.tasks.delete_old_drafts",
        "schedule": DAY,
    },
}
