"""The exchange of an event: its rules, hours, slots and tables."""

from __future__ import annotations

import datetime as dt
import secrets

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from matchmaking.states import Phase, Preset
from sessions_app.events.models import Event

PRESET_LABELS = [
    (Preset.SELF_SERVICE.value, _("self-service: two who agree are booked at once")),
    (Preset.CURATED.value, _("curated: people wish, the matchmaker plans")),
    (Preset.HYBRID.value, _("hybrid: first a plan, then self-service in its gaps")),
]
PHASE_LABELS = [
    (Phase.SETUP.value, _("being set up")),
    (Phase.PROFILES.value, _("profiles: people write what they offer and need")),
    (Phase.REQUESTS.value, _("requests: people ask each other")),
    (Phase.PLAN.value, _("planning: the matchmaker makes the plan")),
    (Phase.LIVE.value, _("live: the plan is out")),
    (Phase.OVER.value, _("over")),
]


class Asking(models.TextChoices):
    """Who may ask whom for a meeting."""

    ANYBODY = "anybody", _("anybody")
    OTHER_ORGANISATION = "other_organisation", _("only people of another organisation")
    OTHER_CLUSTER = "other_cluster", _("only people of another cluster")


def new_seed() -> int:
    """Return a random seed for the scheduler, so that a run can be repeated."""
    return secrets.randbelow(2**31)


class Exchange(models.Model):
    """How an event's exchange works. ``version`` grows with all that its pages show; lengths are in minutes.

    ``screen_edition`` counts the addresses that its hall screen has had before: only the newest opens it.
    """

    event = models.OneToOneField(Event, models.CASCADE, related_name="exchange", verbose_name=_("event"))
    preset = models.CharField(
        _("way of working"), max_length=12, choices=PRESET_LABELS, default=Preset.HYBRID.value
    )
    phase = models.CharField(_("phase"), max_length=10, choices=PHASE_LABELS, default=Phase.SETUP.value)
    introduction = models.TextField(_("words to participants"), blank=True)
    slot_minutes = models.PositiveSmallIntegerField(
        _("length of a meeting, minutes"),
        default=25,
        validators=[MinValueValidator(5), MaxValueValidator(240)],
    )
    pause_minutes = models.PositiveSmallIntegerField(
        _("pause after each, minutes"), default=5, validators=[MaxValueValidator(120)]
    )
    asking = models.CharField(
        _("who may ask whom"), max_length=20, choices=Asking, default=Asking.OTHER_ORGANISATION
    )
    meetings_a_day = models.PositiveSmallIntegerField(
        _("most meetings a person and day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    open_requests = models.PositiveSmallIntegerField(
        _("most unanswered requests a person"),
        default=20,
        validators=[MinValueValidator(1)],
        help_text=_("So that nobody asks everybody."),
    )
    answer_hours = models.PositiveSmallIntegerField(
        _("hours to answer"), default=48, validators=[MinValueValidator(1), MaxValueValidator(720)]
    )
    room_link = models.CharField(
        _("address of video rooms"),
        max_length=300,
        blank=True,
        help_text=_("With {code} where the meeting's code goes. Empty: no meetings on line."),
    )
    screen_names = models.BooleanField(
        _("names on hall screens"),
        default=False,
        help_text=_("Everybody in the hall reads them. Off: screens show tables and times only."),
    )
    morning_letter_at = models.TimeField(
        _("letter of the day at"),
        null=True,
        blank=True,
        default=dt.time(7),
        help_text=_(
            "On the event's clocks: whom one meets that day, where and when; an hour before the first meeting at "
            "the latest. Empty: no such letter."
        ),
    )
    reminder_minutes = models.PositiveSmallIntegerField(
        _("word before a meeting, minutes"),
        default=15,
        validators=[MaxValueValidator(120)],
        help_text=_("Open pages say whom one meets and where. 0: they say nothing."),
    )
    makes_room = models.BooleanField(
        _("move a meeting to make room for another"),
        default=True,
        help_text=_(
            "When two agree and nothing is free for both, one other meeting without an agreed time goes to another "
            "time or table; with an agreed time, to another table at most. Its people are told by mail. Pinned ones "
            "stay. Off: the two are told that no place is left."
        ),
    )
    settled_minutes = models.PositiveSmallIntegerField(
        _("not if it begins within, minutes"),
        default=30,
        validators=[MinValueValidator(10), MaxValueValidator(2880)],
        help_text=_("Who is on the way to a table is not sent elsewhere. 1440 is a day."),
    )
    screen_edition = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phase__in=[phase.value for phase in Phase]), name="exchange_phase_known"
            ),
            models.CheckConstraint(
                condition=models.Q(preset__in=[preset.value for preset in Preset]),
                name="exchange_preset_known",
            ),
            models.CheckConstraint(
                condition=models.Q(slot_minutes__gte=5, slot_minutes__lte=240), name="exchange_slot_length"
            ),
            models.CheckConstraint(
                condition=models.Q(reminder_minutes__lte=120), name="exchange_reminder_at_most_two_hours"
            ),
            models.CheckConstraint(
                condition=models.Q(settled_minutes__gte=10, settled_minutes__lte=2880),
                name="exchange_settled_minutes",
            ),
        ]

    def __str__(self) -> str:
        return str(self.event)


class ExchangeHours(models.Model):
    """From when to when meetings are held on a day; local times of the event, within one calendar day."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="hours")
    date = models.DateField(_("day"))
    opens = models.TimeField(_("from"))
    closes = models.TimeField(_("to"))

    class Meta:
        verbose_name = _("hours of the exchange")
        verbose_name_plural = _("hours of the exchange")
        ordering = ("date", "opens")
        constraints = [
            models.UniqueConstraint(
                fields=("exchange", "date", "opens"),
                name="exchange_hours_once",
                violation_error_message=_("Two rows begin at the same time."),
            ),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")),
                name="exchange_hours_end_after_start",
                violation_error_message=_("The end must come after the beginning."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.opens:%H:%M}"


class Slot(models.Model):
    """A time in which meetings are held; instants in UTC. ``date`` is the event's day it belongs to."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="slots")
    date = models.DateField()
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ("start",)
        constraints = [
            models.UniqueConstraint(fields=("exchange", "start"), name="slot_once"),
            models.CheckConstraint(
                condition=models.Q(end__gt=models.F("start")), name="slot_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M}"


class Table(models.Model):
    """A place for one meeting at a time; ``number`` is what stands on it, large."""

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="tables")
    number = models.PositiveSmallIntegerField(_("number"), validators=[MinValueValidator(1)])
    zone = models.CharField(_("zone"), max_length=80, blank=True)
    step_free = models.BooleanField(_("step-free access"), default=True)
    is_quiet = models.BooleanField(_("quiet"), default=False)
    has_screen = models.BooleanField(_("screen"), default=False)
    is_active = models.BooleanField(
        _("in use"), default=True, help_text=_("A table that is not in use takes no new meetings.")
    )

    class Meta:
        verbose_name = _("table")
        verbose_name_plural = _("tables")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=("exchange", "number"),
                name="table_number_once",
                violation_error_message=_("Another table has this number."),
            )
        ]

    def __str__(self) -> str:
        return str(self.number)
