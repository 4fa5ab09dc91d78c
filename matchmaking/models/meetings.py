"""Requests for meetings, the meetings they lead to, and what became of these."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from matchmaking.models.exchanges import Exchange, Slot, Table
from matchmaking.models.profiles import ExchangeProfile
from matchmaking.states import MEETING_LIVE, REQUEST_LIVE, MeetingState, RequestState
from network.codes import new_long_code

REQUEST_LABELS = [
    (RequestState.PENDING.value, _("waits for an answer")),
    (RequestState.ACCEPTED.value, _("agreed")),
    (RequestState.DECLINED.value, pgettext_lazy("meeting request", "declined")),
    (RequestState.WITHDRAWN.value, _("withdrawn")),
    (RequestState.EXPIRED.value, _("not answered in time")),
    (RequestState.CANCELLED.value, pgettext_lazy("meeting request", "cancelled")),
]
MEETING_LABELS = [
    (MeetingState.BOOKED.value, pgettext_lazy("meeting", "booked")),
    (MeetingState.HELD.value, pgettext_lazy("meeting", "held")),
    (MeetingState.NO_SHOW.value, _("did not take place")),
    (MeetingState.CANCELLED.value, pgettext_lazy("meeting", "cancelled")),
]


class DeclineReason(models.TextChoices):
    """Why somebody says no; the asking side reads it."""

    NO_TIME = "no_time", _("No free time")
    TOPIC = "topic", _("The topic does not fit")
    KNOWN = "known", _("We know each other already")
    OTHER = "other", _("Another reason")


class MeetingRequest(models.Model):
    """One participant asks another for a meeting, in a slot or at any time.

    ``turn`` is who must answer: first the recipient, after a counter-proposal the sender. ``low`` and
    ``high`` are the two by key, so that the database knows the pair whoever asked.
    """

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="requests")
    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    sender = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="sent")
    recipient = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="received")
    low = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="+", editable=False)
    high = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="+", editable=False)
    turn = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="to_answer", editable=False)
    slot = models.ForeignKey(
        Slot, models.SET_NULL, null=True, blank=True, related_name="requests",
        verbose_name=_("time"), help_text=_("Empty: any time."),
    )  # fmt: skip
    message = models.TextField(_("message"), max_length=1000, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("how much it matters"), default=2, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    state = models.CharField(max_length=10, choices=REQUEST_LABELS, default=RequestState.PENDING.value)
    reason = models.CharField(max_length=10, choices=DeclineReason, blank=True, editable=False)
    reason_text = models.CharField(max_length=300, blank=True, editable=False)
    asked_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(editable=False)
    answered_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("request for a meeting")
        verbose_name_plural = _("requests for meetings")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("turn", "state")),
            models.Index(
                fields=("expires_at",), name="request_expiry", condition=models.Q(state=RequestState.PENDING)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("low", "high"), name="request_one_live_per_pair",
                condition=models.Q(state__in=sorted(REQUEST_LIVE)),
            ),
            models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="request_pair_ordered"),
            models.CheckConstraint(
                condition=~models.Q(sender=models.F("recipient")), name="request_not_to_oneself"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in RequestState]),
                name="request_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(priority__range=(1, 3)), name="request_priority_one_to_three"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    def other(self, profile: ExchangeProfile) -> ExchangeProfile:
        """Return who stands on the other side of ``profile``."""
        return self.recipient if profile.pk == self.sender_id else self.sender


class RequestNote(models.Model):
    """A line in the talk of the two about their request."""

    request = models.ForeignKey(MeetingRequest, models.CASCADE, related_name="notes")
    author = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="+")
    text = models.TextField(max_length=1000)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:40]


class Origin(models.TextChoices):
    """Who put a meeting into its slot."""

    PEOPLE = "people", _("the two agreed")
    PLAN = "plan", _("the plan")
    DESK = "desk", _("the matchmaker")


class Meeting(models.Model):
    """Two participants in one slot, at a table or in a video room.

    ``sequence`` counts the changes that calendars must hear of. A cancelled meeting keeps where it
    stood, and holds neither slot nor table.
    """

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="meetings")
    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    request = models.OneToOneField(
        MeetingRequest, models.SET_NULL, null=True, blank=True, related_name="meeting"
    )
    low = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="+")
    high = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="+")
    slot = models.ForeignKey(Slot, models.RESTRICT, related_name="meetings", verbose_name=_("time"))
    table = models.ForeignKey(
        Table, models.RESTRICT, null=True, blank=True, related_name="meetings", verbose_name=_("table")
    )
    is_online = models.BooleanField(_("on line"), default=False)
    is_pinned = models.BooleanField(
        _("pinned"), default=False, help_text=_("A later plan leaves it where it is.")
    )
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.PEOPLE)
    state = models.CharField(max_length=10, choices=MEETING_LABELS, default=MeetingState.BOOKED.value)
    late_minutes = models.PositiveSmallIntegerField(default=0, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)
    cancelled_by = models.ForeignKey(
        ExchangeProfile, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    reason = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("slot__start", "table__number", "id")
        indexes = [models.Index(fields=("exchange", "state", "slot"))]
        constraints = [
            models.UniqueConstraint(
                fields=("table", "slot"), name="one_table_one_slot",
                condition=models.Q(state__in=sorted(MEETING_LIVE), table__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("low", "high"), name="meeting_one_live_per_pair",
                condition=models.Q(state__in=sorted(MEETING_LIVE)),
            ),
            models.CheckConstraint(condition=models.Q(low__lt=models.F("high")), name="meeting_pair_ordered"),
            models.CheckConstraint(
                condition=models.Q(is_online=True, table__isnull=True)
                | models.Q(is_online=False, table__isnull=False),
                name="meeting_table_or_online",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in MeetingState]),
                name="meeting_state_known",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    def other(self, profile: ExchangeProfile) -> ExchangeProfile:
        """Return whom ``profile`` meets."""
        return self.high if profile.pk == self.low_id else self.low


class Outcome(models.TextChoices):
    """What came of a meeting."""

    NOTHING = "nothing", _("nothing for now")
    CONTACT = "contact", _("we stay in touch")
    FOLLOW_UP = "follow_up", _("we meet again")
    PROJECT = "project", _("agreed: joint project")
    CONTRACT = "contract", _("agreed: contract")


class Feedback(models.Model):
    """What one of the two says of a meeting afterwards; the note is for herself alone."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="feedback")
    profile = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="feedback")
    rating = models.PositiveSmallIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    note = models.TextField(max_length=2000, blank=True)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("meeting", "profile"), name="feedback_once"),
            models.CheckConstraint(
                condition=models.Q(rating__isnull=True) | models.Q(rating__range=(1, 4)),
                name="feedback_rating_one_to_four",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting}: {self.outcome}"
