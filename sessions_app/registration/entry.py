"""What an event's own page says about registration to one reader."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils.translation import gettext as _

from network.models import Person
from sessions_app.events.models import Event
from sessions_app.registration.links import go_on_path, status_path
from sessions_app.registration.queries import live_registration, opening, settings_of
from sessions_app.registration.services.messages import in_words
from sessions_app.registration.states import State
from sessions_app.registration.wording_of_states import look_of


@dataclass(frozen=True, kw_only=True)
class RegistrationEntry:
    """A button to the form or to her registration; ``state`` as in a ``Look``; ``note`` says until when."""

    url: str
    label: str
    note: str = ""
    icon: str = ""
    kind: str = ""
    is_own: bool = False


def registration_entry(event: Event, viewer: Person | AnonymousUser) -> RegistrationEntry | None:
    """Return what leads to registration, or None when the event takes none (any more); two queries at most."""
    own = live_registration(event, viewer)
    if own is not None:
        look = look_of(own)
        url = go_on_path(own) if own.state == State.INVITED else status_path(own)
        return RegistrationEntry(
            url=url, label=_("My registration"), note=look.word, icon=look.icon, kind=look.kind, is_own=True
        )
    state = opening(settings_of(event))
    if state.state == "open":
        note = _("until %(time)s") % {"time": in_words(state.at, event.zone)} if state.at else ""
        return RegistrationEntry(
            url=reverse("registration:register", args=(event.slug,)), label=_("Register"), note=note
        )
    if state.state == "before":
        note = _("Registration opens %(time)s") % {"time": in_words(state.at, event.zone)}
        return RegistrationEntry(url="", label="", note=note)
    return None
