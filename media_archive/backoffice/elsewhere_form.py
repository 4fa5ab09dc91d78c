"""The form of a recording that lies on another site."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from media_archive.backoffice.form_parts import WebField
from media_archive.backoffice.forms import AccessForm
from media_archive.models import Cut
from media_archive.services.cutting import sessions_by_place
from sessions_app.events.models import Event
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule import model

Choices = list[tuple[str, list[tuple[str, str]]]]


class ElsewhereForm(AccessForm):
    """Which session it is of, where it lies, and who may follow the link."""

    session = forms.ChoiceField(label=gettext_lazy("Session"))
    url = WebField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Of the page where it is watched, for example on VK Video, YouTube or a partner's site."),
    )  # fmt: skip
    publish = forms.BooleanField(label=gettext_lazy("Publish at once"), required=False)
    layout = (
        (gettext_lazy("The recording"), (("session",), ("url",))),
        (gettext_lazy("Viewers"), (("access", "publish"), ("categories",))),
    )

    def __init__(self, data: Any = None, *, event: Event, chosen: str = "") -> None:
        super().__init__(data, initial={"session": chosen})
        self.fields["session"].choices = [("", "–"), *sessions_to_choose(event)]  # type: ignore[attr-defined]
        self.of_event(event)
        self.fields["access"].help_text = _(
            "This decides who finds the link here; the other site has rules of its own."
        )


def sessions_to_choose(event: Event) -> Choices:
    """Return the released sessions by day, those without a cut first; the others say that they have one."""
    schedule = released_schedule(event)
    if schedule is None:
        return []
    cut = set(Cut.objects.filter(event=event).values_list("code", flat=True))
    days: dict[dt.date, list[tuple[bool, dt.datetime, str, str]]] = {}
    for (date, _room), sessions in sessions_by_place(schedule, event.zone).items():
        for start, session in ((one.start, one) for one in sessions if one.start):
            title = model.text_in(session.title, get_language() or "", *schedule.languages)[0] or session.code
            label = f"{time_format(start.astimezone(event.zone), 'H:i')} {title}"
            if session.code in cut:
                label = _("%(session)s – has a recording") % {"session": label}
            days.setdefault(date, []).append((session.code in cut, start, session.code, label))
    return [
        (date_format(date, "l j E"), [(code, label) for _cut, _start, code, label in sorted(rows)])
        for date, rows in sorted(days.items())
    ]
