"""What open pages ask to remind of the next meeting."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from matchmaking.queries import next_meeting
from matchmaking.views.visit import Visit, participant


@require_safe
@participant()
def soon(visit: Visit) -> HttpResponse:
    """Answer with time, words and address of the participant's next meeting today; with nothing when there is none.

    With nothing, too, when the exchange reminds nobody or she wants no reminders; ``minutes`` is how long before.
    """
    minutes = visit.exchange.reminder_minutes if visit.profile.wants_reminders else 0
    meeting = next_meeting(visit.profile, now=visit.now) if minutes else None
    if meeting is None:
        return JsonResponse({})
    where = _("table %(number)s") % {"number": meeting.table.number} if meeting.table else _("on line")
    return JsonResponse(
        {
            "at": meeting.slot.start.isoformat(),
            "minutes": minutes,
            "now": visit.now.isoformat(),
            "text": f"{meeting.other(visit.profile).name}, {where}",
            "url": reverse("matchmaking:meeting", args=(visit.slug, meeting.code)),
        }
    )
