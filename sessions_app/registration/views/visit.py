"""What one visit to an event's form knows: the event, what it asks, whose form it is and how far it is."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings as django_settings
from django.http import Http404, HttpRequest
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from network.models import Organisation, Person
from network.web import throttle as misses
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability, may
from sessions_app.events.queries import get_event
from sessions_app.registration.forms.registering import CategoryChoice, KeptFile, Part, RegistrationForm
from sessions_app.registration.links import file_path
from sessions_app.registration.models import (
    Entry,
    Invitation,
    Question,
    QuestionKind,
    Registration,
    RegistrationSettings,
)
from sessions_app.registration.places_in_words import is_full, of_category
from sessions_app.registration.queries import (
    Opening,
    answers_of,
    categories_for,
    category_opening,
    draft_of,
    find_invitation,
    latest_elsewhere,
    open_draft,
    opening,
    post_and_organisation,
    questions_of,
    queued_quotas,
    settings_of,
)
from sessions_app.registration.services.registering import Details
from sessions_app.registration.states import State

log = structlog.get_logger(__name__)
TRIAL = "trial"  # in the address, and in what the browser's session remembers
CODES = "invitation-codes"
NEW_CODE = "new-code"  # the field; "code" is the one that is in use
SESSION = "registration"


def find_event(request: HttpRequest, slug: str) -> Event:
    """Return the event; raise Http404 when the viewer may not know of it."""
    if "\x00" in slug:
        raise Http404
    return get_event(slug, request.user)


def language_of_page() -> str:
    """Return the language in which the page is written."""
    return (get_language() or django_settings.LANGUAGE_CODE).split("-")[0]


@dataclass
class Visit:
    """One request for the form of one event."""

    request: HttpRequest
    event: Event
    settings: RegistrationSettings
    invitation: Invitation | None = None
    code: str = ""  # the invitation code as it was typed
    _kept: dict[str, Any] = field(default_factory=dict)

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        user = self.request.user
        return user if isinstance(user, Person) else None

    # --- What the browser's session remembers ---------------------------------------------

    def remembered(self) -> dict[str, Any]:
        """Return what the session keeps of this event's form."""
        kept = self.request.session.get(SESSION, {})
        return dict(kept.get(str(self.event.pk), {})) if isinstance(kept, dict) else {}

    def remember(self, **values: Any) -> None:
        """Add to what the session keeps of this event's form."""
        kept = self.request.session.get(SESSION, {})
        kept[str(self.event.pk)] = {**self.remembered(), **values}
        self.request.session[SESSION] = kept

    def forget(self) -> None:
        """Let the session forget this event's form."""
        kept = self.request.session.get(SESSION, {})
        kept.pop(str(self.event.pk), None)
        self.request.session[SESSION] = kept

    # --- What is asked ----------------------------------------------------------------------

    @cached_property
    def opening(self) -> Opening:
        """Whether the event takes registrations now."""
        return opening(self.settings)

    @cached_property
    def is_trial(self) -> bool:
        """Whether somebody of the team only tries the form: while it is closed, or because she said so."""
        if not may(self.request.user, Capability.REGISTRATION, self.event):
            return False
        if self.request.GET.get(TRIAL) in ("0", "1"):
            self.remember(trial=self.request.GET[TRIAL] == "1")
        return not self.opening.is_open or bool(self.remembered().get(TRIAL))

    @cached_property
    def draft(self) -> Registration | None:
        """The form that was begun, in this browser or by this person."""
        code = self.remembered().get("draft", "")
        found = open_draft(self.event, code, self.request.user) if code else None
        if found is None and self.person is not None:
            found = draft_of(self.event, self.person)
        return found

    @property
    def is_invited(self) -> bool:
        """Whether a delegation has given the person a place, so that the category stands."""
        return self.draft is not None and self.draft.state == State.INVITED

    @cached_property
    def choices(self) -> list[CategoryChoice]:
        """The categories that the viewer may choose, with their places or times in words."""
        queued = queued_quotas(self.event)
        found = categories_for(self.event, self.request.user, invitation=self.invitation)
        return [self._choice(category, queued) for category in found]

    def _choice(self, category: Any, queued: set[int]) -> CategoryChoice:
        times = category_opening(category)
        if times.is_open or self.is_trial:
            full = is_full(category.quota, queued) and not category.has_waiting_list
            note = of_category(category, queued)
            if category.entry == Entry.APPROVAL:
                approval = _("after approval by the organiser")
                note = f"{note}; {approval}" if note else approval
            return CategoryChoice(category=category, note=note, is_open=not full)
        words = _day(times.at, self.event.zone)
        note = _("opens %(time)s") if times.state == "before" else _("closed %(time)s")
        return CategoryChoice(category=category, note=note % {"time": words}, is_open=False)

    @cached_property
    def questions(self) -> list[Question]:
        """The event's questions."""
        return questions_of(self.event)

    @property
    def has_steps(self) -> bool:
        """Whether the form is told in steps: somebody decides who comes, so there is more to ask."""
        return not self.is_invited and any(c.category.entry == Entry.APPROVAL for c in self.choices)

    @cached_property
    def answers(self) -> dict[str, Any]:
        """What the draft has answered."""
        return answers_of(self.draft) if self.draft is not None else {}

    @cached_property
    def kept_files(self) -> dict[str, KeptFile]:
        """The files that were uploaded with the draft."""
        if self.draft is None or not any(question.kind == "file" for question in self.questions):
            return {}
        files = self.draft.files.select_related("question")
        return {
            file.question.key: KeptFile(name=file.name, address=file_path(file, self.event)) for file in files
        }

    def form(
        self, parts: Iterable[Part], *, bound: bool = False, key: str = "", category: str = ""
    ) -> RegistrationForm:
        """Return the form's parts: as they were sent when ``bound``, else as the draft or the profile has them.

        ``category`` is chosen in the place of what was sent.
        """
        # An invitation is its address's: the letter went there, and the code goes there.
        asks_email = not self.is_invited and (self.person is None or not self.person.email)
        post = self.request.POST if bound else None
        if post is not None and category:
            post = post.copy()
            post["category"] = category
        return RegistrationForm(
            post,
            self.request.FILES if bound else None,
            parts=tuple(parts),
            questions=self.questions,
            choices=() if self.is_invited else self.choices,
            category=self._category(),
            asks_email=asks_email,
            consent_text=self.settings.consent_text or "",
            kept=self.kept_files,
            answers=self.answers if bound else self.known_answers(),
            initial={**self.known(), "key": key or str(uuid.uuid4())},
        )

    def _category(self) -> Any:
        return self.draft.category if self.is_invited and self.draft else None

    def known(self) -> dict[str, str]:
        """Return what is known already: by the draft, else by the profile and by what the address says."""
        if self.draft is not None:
            names = ("name", "name_latin", "email", "organisation_name", "post")
            known = {name: getattr(self.draft, name) for name in names}
            return {**known, "category": self.draft.category.slug if self.draft.category else ""}
        known = {"category": self._wanted_category()}
        if self.person is None:
            return known
        post, organisation = self.affiliation
        before = self.before
        if organisation is None and before is not None:
            post, name = before.post, before.organisation_name
        else:
            name = organisation.name if organisation else ""
        latin = self.person.name_latin or (before.name_latin if before is not None else "")
        return known | {
            "name": self.person.name,
            "name_latin": latin,
            "post": post,
            "organisation_name": name,
        }

    @cached_property
    def affiliation(self) -> tuple[str, Organisation | None]:
        """The post that the person holds today, and where."""
        return post_and_organisation(self.person) if self.person is not None else ("", None)

    @cached_property
    def before(self) -> Registration | None:
        """What the person wrote when she last registered for another event."""
        return latest_elsewhere(self.person, self.event) if self.person is not None else None

    def known_answers(self) -> dict[str, Any]:
        """Return the answers of the draft or, before there is one, phone and region as she gave them before."""
        if self.draft is not None or self.before is None:
            return self.answers
        found: dict[str, Any] = {}
        for kind, value in (
            (QuestionKind.PHONE, self.before.phone),
            (QuestionKind.REGION, self.before.region),
        ):
            first = next((question for question in self.questions if question.kind == kind), None)
            if first is not None and value:
                found[first.key] = value
        return found

    def _wanted_category(self) -> str:
        if self.invitation is not None:
            return self.invitation.category.slug
        return self.request.GET.get("category", "")[:80]

    def details(self, form: RegistrationForm) -> Details:
        """Return who somebody says she is in this form; what it does not ask stays as the draft has it."""
        typed = {**self.known(), **form.typed_details()}
        if self.person is not None and self.person.email and not self.is_invited:
            typed["email"] = self.person.email
        _post, organisation = self.affiliation
        return details_from(typed, organisation, form.typed_answers, self.questions)


def details_from(
    typed: dict[str, str],
    organisation: Organisation | None,
    answers: dict[str, Any],
    questions: Iterable[Question],
) -> Details:
    """Return the details; phone and region are those of the first questions of these kinds.

    The person's ``organisation`` in the directory is meant where she has left its name as it was.
    """
    if organisation is not None and organisation.name != typed.get("organisation_name"):
        organisation = None

    def first(kind: str) -> str:
        return next((str(answers[q.key]) for q in questions if q.kind == kind and answers.get(q.key)), "")

    return Details(
        name=typed.get("name", ""),
        name_latin=typed.get("name_latin", ""),
        email=typed.get("email", ""),
        phone=first("phone")[:40],
        organisation=organisation,
        organisation_name=typed.get("organisation_name", ""),
        post=typed.get("post", ""),
        region=first("region")[:6],
        locale=language_of_page(),
    )


def visit(request: HttpRequest, slug: str) -> Visit:
    """Return the visit to the event's form; raise Http404 for an event that takes no registrations."""
    event = find_event(request, slug)
    settings = settings_of(event)
    if settings is None:
        raise Http404
    found = Visit(request=request, event=event, settings=settings)
    typed = _typed_code(request)
    code = (typed if typed is not None else found.remembered().get("invitation", ""))[:40].replace("\x00", "")
    if code:
        found.code, found.invitation = code, _invitation_of(request, event, code, is_typed=bool(typed))
        if typed and found.invitation is not None and found.remembered().get("invitation") != code:
            found.remember(invitation=code)
    return found


def _typed_code(request: HttpRequest) -> str | None:
    """Return the code that came with the request: one written into the field goes before the one in use."""
    if request.method == "POST":
        return request.POST.get(NEW_CODE) or request.POST.get("code")
    return request.GET.get("code")


def _invitation_of(request: HttpRequest, event: Event, code: str, *, is_typed: bool) -> Invitation | None:
    """Find the invitation; who has typed too many wrong codes finds none for a while."""
    if is_typed and misses.are_too_many(request, CODES):
        return None
    invitation = find_invitation(event, code)
    if is_typed and invitation is None:
        misses.note(request, CODES)
    return invitation


def note_extra_fields(request: HttpRequest, form: RegistrationForm, event: Event) -> None:
    """Write down the names, never the values, of fields that the form did not ask for."""
    extra = sorted({*request.POST, *request.FILES} - form.known_names())
    if extra:
        log.warning(
            "registration_extra_fields",
            event_id=event.pk,
            count=len(extra),
            names=[name[:40] for name in extra[:20]],
        )


def _day(moment: dt.datetime | None, zone: ZoneInfo) -> str:
    """Return day and time on the event's clocks, short enough to stand beside a category."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{date_format(local, 'j E Y')}, {local:%H:%M}"
