"""A call and the people who sit on its panel."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from network.models import Person
from sessions_app.events.models import SLUG, Event


class CallKind(models.TextChoices):
    """What is decided in a call."""

    DEFENCE = "defence", _("defence of projects")
    CONTEST = "contest", _("contest")
    SUPPORT = "support", _("support programme")


class Call(models.Model):
    """An invitation to hand in work on which a panel decides; of one event, or of none on purpose.

    ``opens`` and ``closes`` are instants in UTC; people read them on the clocks of ``zone``.
    """

    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("event")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=CallKind, default=CallKind.DEFENCE)
    slug = models.CharField(_("address"), max_length=80, validators=[SLUG])
    title = models.CharField(_("title"), max_length=300)
    opens = models.DateTimeField(_("opens"))
    closes = models.DateTimeField(_("closes"))
    is_published = models.BooleanField(
        _("published"),
        default=False,
        help_text=_("While it is off, only the event's secretaries and the panel see the call."),
    )

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ("-opens", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=("slug",),
                name="call_slug_once",
                violation_error_message=_("Another call has this address already."),
            ),
            models.CheckConstraint(
                condition=models.Q(closes__gt=models.F("opens")),
                name="call_closes_after_it_opens",
                violation_error_message=_("The call must close after it opens."),
            ),
            models.CheckConstraint(condition=models.Q(kind__in=CallKind.values), name="call_kind_known"),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The zone on whose clocks the dates are written: the event's, or UTC where there is none."""
        return self.event.zone if self.event else zoneinfo.ZoneInfo("UTC")

    def has_closed(self, now: dt.datetime) -> bool:
        """Tell whether nothing can be handed in any more."""
        return self.closes <= now


class Seat(models.TextChoices):
    """As what a person sits on a panel."""

    CHAIR = "chair", _("chair")
    MEMBER = "member", _("member")
    EXPERT = "expert", _("expert")


class PanelMember(models.Model):
    """A person sits on the panel of a call from ``since`` to ``until``; a live seat has no end yet.

    Ended seats stay as a record; a person who returns gets a new row.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="panel", verbose_name=_("call"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="panel_seats", verbose_name=_("person"))
    seat = models.CharField(_("seat"), max_length=10, choices=Seat, default=Seat.MEMBER)
    organisation = models.CharField(_("organisation as printed"), max_length=300, blank=True)
    appointed_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("appointed by")
    )
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("panel member")
        verbose_name_plural = _("panel")
        ordering = ("since", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("call", "person"),
                condition=models.Q(until__isnull=True),
                name="panel_seat_one_live_per_person",
            ),
            models.CheckConstraint(condition=models.Q(seat__in=Seat.values), name="panel_seat_known"),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="panel_seat_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_seat_display()}"
