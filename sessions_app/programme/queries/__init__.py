"""Reads of programmes: the working draft, the releases, and people's agendas."""

from sessions_app.programme.queries.agendas import agenda_of, person_by_agenda_token, starred_codes
from sessions_app.programme.queries.drafts import (
    Working,
    draft_clashes,
    draft_schedule,
    for_event,
    sign_ups_of,
    track_slug,
    unreleased_changes,
    working,
)
from sessions_app.programme.queries.recorded import recordings_of
from sessions_app.programme.queries.released import (
    forget_decoded,
    latest_release,
    latest_releases,
    released_schedule,
    released_schedules,
    releases,
    schedule_of,
)
from sessions_app.programme.queries.stamps import PageStamp, page_stamp, schedule_of_stamp

__all__ = [
    "PageStamp",
    "Working",
    "agenda_of",
    "draft_clashes",
    "draft_schedule",
    "for_event",
    "forget_decoded",
    "latest_release",
    "latest_releases",
    "page_stamp",
    "person_by_agenda_token",
    "recordings_of",
    "released_schedule",
    "released_schedules",
    "releases",
    "schedule_of",
    "schedule_of_stamp",
    "sign_ups_of",
    "starred_codes",
    "track_slug",
    "unreleased_changes",
    "working",
]
