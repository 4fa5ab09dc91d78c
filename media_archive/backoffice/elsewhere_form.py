"""The form of a recording that lies on another site."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from media_archive.backoffice.form_parts import PlainForm, WebField
from media_archive.models import Access, Cut
from sessions_app.events.models import Event
from sessions_app.programme.queries import released_schedule
from sessions_app.programme.schedule import model
from sessions_app.registration.models import Category

Choices = list[tuple[str, list[tuple[str, str]]]]


class ElsewhereForm(PlainForm):
    """Which session it is of, where it lies, and who may follow the link."""

    session = forms.ChoiceField(label=gettext_lazy("Session"))
    url = WebField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Of the page where it is watched, for example on VK Video, YouTube or a partner's site."),
    )  # fmt: skip
    access = forms.ChoiceField(label=gettext_lazy("Who may watch"), choices=Access.choices)
    categories = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Categories"), queryset=Category.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    publish = forms.BooleanField(label=gettext_lazy("Publish at once"), required=False)
    layout = (
        (gettext_lazy("The recording"), (("session",), ("url",))),
        (gettext_lazy("Viewers"), (("access", "publish"), ("categories",))),
    )

    def __init__(self, data: Any = None, *, event: Event, chosen: str = "") -> None:
        super().__init__(data, initial={"session": chosen})
        self.fields["session"].choices = [("", "–"), *sessions_to_choose(event)]  # type: ignore[attr-defined]
        categories = Category.objects.filter(event=event)
        self.fields["categories"].queryset = categories  # type: ignore[attr-defined]
        self.fields["access"].help_text = _(
            "This decides who finds the link here; the other site has rules of its own."
        )
        if not categories:
            del self.fields["categories"]
            self.fields["access"].choices = [one for one in Access.choices if one[0] != Access.CATEGORY]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Have categories chosen where they decide."""
        data = super().clean() or {}
        data.setdefault("categories", [])
        if data.get("access") == Access.CATEGORY and not data["categories"]:
            self.add_error("categories", _("Choose at least one category."))
        return data


def sessions_to_choose(event: Event) -> Choices:
    """Return the released sessions by day, those without a cut first; the others say that they have one."""
    schedule = released_schedule(event)
    if schedule is None:
        return []
    cut = set(Cut.objects.filter(event=event).values_list("code", flat=True))
    days: dict[dt.date, list[tuple[bool, dt.datetime, str, str]]] = {}
    for session in schedule.sessions:
        if session.start is None or session.end is None or session.kind == model.SessionKind.BREAK:
            continue
        start = session.start.astimezone(event.zone)
        title = model.text_in(session.title, get_language() or "", *schedule.languages)[0] or session.code
        label = f"{time_format(start, 'H:i')} {title}"
        if session.code in cut:
            label = _("%(session)s – has a recording") % {"session": label}
        days.setdefault(start.date(), []).append((session.code in cut, session.start, session.code, label))
    return [
        (date_format(date, "l j E"), [(code, label) for _cut, _start, code, label in sorted(rows)])
        for date, rows in sorted(days.items())
    ]
