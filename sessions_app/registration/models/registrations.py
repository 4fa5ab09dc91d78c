"""Who comes: registrations, their answers, the places they hold and the waiting lists."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.codes import new_long_code
from network.models import Organisation, Person
from sessions_app.events.models import Event
from sessions_app.registration.models.categories import Category, Invitation, Quota
from sessions_app.registration.models.questions import Question
from sessions_app.registration.states import ENTRY_OPEN, HOLDING, LIVE, EntryState, State

LIVE_STATES = sorted(LIVE)
STATE_LABELS = [
    (State.DRAFT.value, _("draft")),
    (State.INVITED.value, _("invited")),
    (State.PENDING.value, _("waiting for approval")),
    (State.WAITING.value, _("on the waiting list")),
    (State.OFFERED.value, _("offered a place")),
    (State.CONFIRMED.value, pgettext_lazy("registration", "confirmed")),
    (State.DECLINED.value, _("declined")),
    (State.CANCELLED.value, _("cancelled")),
]


class Registration(models.Model):
    """A person's place at an event, or her way to it.

    Name, organisation and post are as she gave them for this event: a badge says what she wrote,
    and erasing her empties them here. ``key`` and ``key_digest`` tell a repeated submit from a new one.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations")
    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=STATE_LABELS, default=State.DRAFT.value)
    category = models.ForeignKey(
        Category, models.RESTRICT, null=True, blank=True, related_name="registrations",
        verbose_name=_("category"),
    )  # fmt: skip
    person = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="registrations",
        verbose_name=_("person"),
    )  # fmt: skip
    name = models.CharField(_("full name"), max_length=200, blank=True)
    name_latin = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("organisation in the directory"),
    )  # fmt: skip
    organisation_name = models.CharField(_("organisation"), max_length=300, blank=True)
    post = models.CharField(_("post"), max_length=300, blank=True)
    region = models.CharField(_("region"), max_length=6, blank=True)
    locale = models.CharField(_("language"), max_length=5, blank=True)
    delegation = models.ForeignKey(
        "registration.Delegation", models.SET_NULL, null=True, blank=True, related_name="registrations",
        verbose_name=_("delegation"),
    )  # fmt: skip
    invitation = models.ForeignKey(
        Invitation, models.SET_NULL, null=True, blank=True, related_name="registrations",
        verbose_name=_("invitation"),
    )  # fmt: skip
    key = models.CharField(max_length=64, blank=True, editable=False)
    key_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    submitted_at = models.DateTimeField(_("received"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("event", "state", "category")),
            models.Index(fields=("event", "name")),
            models.Index(fields=("event", "submitted_at")),
            models.Index(
                fields=("email",), name="registration_of_nobody_yet", condition=models.Q(person__isnull=True)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]),
                name="registration_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state=State.DRAFT) | models.Q(category__isnull=False),
                name="registration_has_category",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.CONFIRMED) | models.Q(confirmed_at__isnull=False),
                name="registration_confirmed_has_time",
            ),
            models.UniqueConstraint(
                "event", Lower("email"), name="registration_email_once_per_event",
                condition=models.Q(state__in=LIVE_STATES) & ~models.Q(email=""),
            ),
            models.UniqueConstraint(
                fields=("event", "person"), name="registration_person_once_per_event",
                condition=models.Q(state__in=LIVE_STATES, person__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("event", "key"), name="registration_key_once_per_event",
                condition=~models.Q(key=""),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.email or self.code

    @property
    def is_live(self) -> bool:
        """Whether the registration still leads, or may lead, to the event."""
        return self.state in LIVE

    @property
    def holds_place(self) -> bool:
        """Whether a place of the category is kept for it."""
        return self.state in HOLDING


class Answer(models.Model):
    """What somebody answered: text, number, true/false, key of a choice or list of keys, ISO date."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.RESTRICT, related_name="answers")
    value = models.JSONField()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=("registration", "question"), name="answer_once_per_question")
        ]

    def __str__(self) -> str:
        return str(self.question)


class AnswerFile(models.Model):
    """A file given as an answer, checked by its content; served only to its owner and the team."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="files")
    question = models.ForeignKey(Question, models.RESTRICT, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    content = models.FileField(upload_to="registration/")

    class Meta:
        verbose_name = _("file of an answer")
        verbose_name_plural = _("files of answers")
        constraints = [models.UniqueConstraint(fields=("registration", "question"), name="answer_file_once")]

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """One place of a quota, held by a registration."""

    quota = models.ForeignKey(Quota, models.RESTRICT, related_name="places")
    registration = models.ForeignKey(Registration, models.CASCADE, related_name="places")
    taken_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        constraints = [
            models.UniqueConstraint(fields=("quota", "registration"), name="place_once_per_registration")
        ]

    def __str__(self) -> str:
        return f"{self.quota}"


class WaitingEntry(models.Model):
    """A turn in the waiting list of a quota; ``number`` is the order of commit.

    It is one registration's, or that of a delegation which wants all its places at once.
    ``offer_until`` is UTC and is compared with the database's clock.
    """

    quota = models.ForeignKey(Quota, models.CASCADE, related_name="entries")
    registration = models.ForeignKey(Registration, models.CASCADE, null=True, related_name="entries")
    delegation = models.ForeignKey(
        "registration.Delegation", models.CASCADE, null=True, related_name="entries"
    )
    number = models.PositiveIntegerField()
    state = models.CharField(
        max_length=8,
        choices=[(state.value, state.value) for state in EntryState],
        default=EntryState.WAITING.value,
    )
    entered_at = models.DateTimeField(default=timezone.now)
    offered_at = models.DateTimeField(null=True, blank=True)
    offer_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("waiting entry")
        verbose_name_plural = _("waiting list")
        ordering = ("number",)
        indexes = [
            models.Index(
                fields=("offer_until",), name="waiting_offers", condition=models.Q(state=EntryState.OFFERED)
            ),
            models.Index(
                fields=("quota", "number"), name="waiting_line", condition=models.Q(state=EntryState.WAITING)
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=("quota", "number"), name="waiting_number_once_per_quota"),
            models.UniqueConstraint(
                fields=("quota", "registration"), name="waiting_once_per_quota",
                condition=models.Q(state__in=sorted(ENTRY_OPEN)),
            ),
            models.CheckConstraint(
                condition=~models.Q(state=EntryState.OFFERED) | models.Q(offer_until__isnull=False),
                name="waiting_offer_has_end",
            ),
            models.CheckConstraint(
                condition=models.Q(registration__isnull=False, delegation__isnull=True)
                | models.Q(registration__isnull=True, delegation__isnull=False),
                name="waiting_for_one_or_group",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.quota}: {self.number}"
