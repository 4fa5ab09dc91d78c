"""An event and its frame: days, venue, rooms, tracks, organisers and team."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from network.models import Organisation, Person
from sessions_app.events.colour import LowContrastError, check_brand_colour

SLUG = RegexValidator(r"^[a-z0-9]+(-[a-z0-9]+)*$", _("Use small Latin letters, figures and single hyphens."))


def validate_zone(name: str) -> None:
    """Raise ValidationError unless ``name`` is an IANA time zone."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("“%(zone)s” is not a time zone. Write for example Europe/Moscow."), params={"zone": name}
        )


COLOUR_FAULTS = (  # what ``colour`` says in English, for the translators
    gettext_noop("Write the colour as #rrggbb, for example #1f4bb8."),
    gettext_noop("This colour is too light: text in it could not be read. Choose a darker one."),
    gettext_noop("This colour cannot be made readable."),
)


def validate_brand(colour: str) -> None:
    """Raise ValidationError unless the colour can be made readable on white and on dark ground."""
    try:
        check_brand_colour(colour)
    except LowContrastError as error:
        raise ValidationError(gettext(str(error))) from error


class Venue(models.Model):
    """A building where events take place."""

    name = models.CharField(_("name"), max_length=200)
    address = models.CharField(_("address"), max_length=300, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    map_url = models.URLField(_("map link"), blank=True)
    access_notes = models.TextField(
        _("access notes"), blank=True, help_text=_("Entrances, lifts, induction loops, quiet room.")
    )

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Event(ClusterableModel):
    """A forum or strategic session of one or more days; the scope of all that belongs to it."""

    objects: ClassVar[models.Manager[Event]]  # its base class has no types

    slug = models.CharField(_("address"), max_length=80, unique=True, validators=[SLUG])
    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(
        _("kind in words"), max_length=80, blank=True, help_text=_("For example: strategic session.")
    )
    summary = models.TextField(_("summary"), blank=True, help_text=_("One or two sentences."))
    note = models.TextField(_("note to the public"), blank=True)
    timezone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Moscow", validators=[validate_zone]
    )
    languages = models.JSONField(
        _("languages"), default=list, help_text=_("The first one is the main language.")
    )
    venue = models.ForeignKey(Venue, models.SET_NULL, null=True, blank=True, verbose_name=_("venue"))
    brand_colour = models.CharField(_("colour"), max_length=7, default="#1f4bb8", validators=[validate_brand])
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    is_public = models.BooleanField(
        _("public"), default=False, help_text=_("While it is off, only the team sees the event.")
    )

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name or self.slug

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The event's time zone."""
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def main_language(self) -> str:
        """The language that stands in for texts which are missing in others."""
        return self.languages[0] if self.languages else settings.LANGUAGE_CODE


class EventDay(models.Model):
    """A day on which the event takes place; days need not be adjacent.

    ``opens`` and ``closes`` are local; a day that closes at or before its opening ends
    on the next calendar day.
    """

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="days")
    date = models.DateField(_("date"))
    title = models.CharField(_("theme"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    opens = models.TimeField(_("opens"), default=dt.time(8))
    closes = models.TimeField(_("closes"), default=dt.time(22))

    class Meta:
        verbose_name = _("day")
        verbose_name_plural = _("days")
        ordering = ("date",)
        constraints = [models.UniqueConstraint(fields=("event", "date"), name="event_day_once")]

    def __str__(self) -> str:
        return str(self.date)


class Room(models.Model):
    """A room of an event; its ``guid`` stays in calendars and exchange files."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="rooms")
    guid = models.UUIDField(default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=120)
    place = models.CharField(_("where in the building"), max_length=200, blank=True)
    capacity = models.PositiveIntegerField(
        _("seats"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    step_free = models.BooleanField(_("step-free access"), null=True, blank=True)
    sort_order = models.PositiveIntegerField(default=0, editable=False)
    sort_order_field = "sort_order"  # lets the back office move rows up and down

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "guid"), name="room_guid_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(capacity__isnull=True) | models.Q(capacity__gte=1),
                name="room_capacity_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Track(models.Model):
    """A thematic line of an event; ``hue`` is one of the eight track colours of the design system."""

    HUES = [
        (1, _("blue")), (2, _("teal")), (3, _("green")), (4, _("ochre")),
        (5, _("red")), (6, _("plum")), (7, _("violet")), (8, _("slate")),
    ]  # fmt: skip

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="tracks")
    slug = models.CharField(_("address"), max_length=80, validators=[SLUG])
    name = models.CharField(_("name"), max_length=200)
    hue = models.PositiveSmallIntegerField(_("colour"), choices=HUES, default=1)
    sort_order = models.PositiveIntegerField(default=0, editable=False)
    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "slug"), name="track_slug_once_per_event"),
            models.CheckConstraint(condition=models.Q(hue__range=(1, 8)), name="track_hue_known"),
        ]

    def __str__(self) -> str:
        return self.name


class EventOrganiser(models.Model):
    """One of several equal organisers; the order is only that of print."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="organisers")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="organised_events", verbose_name=_("organisation")
    )
    sort_order = models.PositiveIntegerField(default=0, editable=False)
    sort_order_field = "sort_order"

    class Meta:
        verbose_name = _("organiser")
        verbose_name_plural = _("organisers")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "organisation"), name="organiser_once_per_event")
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class TeamRoleName(models.TextChoices):
    """What somebody does for an event; each opens its own part of the back office."""

    ORGANISER = "organiser", _("organiser")
    PROGRAMME_EDITOR = "programme_editor", _("programme editor")
    REGISTRAR = "registrar", _("registrar")
    DOOR_STEWARD = "door_steward", _("door steward")
    MATCHMAKER = "matchmaker", _("matchmaker")
    MEDIA_EDITOR = "media_editor", _("media editor")
    COMMISSION_SECRETARY = "commission_secretary", _("commission secretary")


class TeamRole(models.Model):
    """A person works for an event in one role; she may have several."""

    event = ParentalKey(Event, on_delete=models.CASCADE, related_name="team")
    person = models.ForeignKey(Person, models.CASCADE, related_name="team_roles", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=24, choices=TeamRoleName)

    class Meta:
        verbose_name = _("team role")
        verbose_name_plural = _("team")
        constraints = [
            models.UniqueConstraint(fields=("event", "person", "role"), name="team_role_once"),
            models.CheckConstraint(condition=models.Q(role__in=TeamRoleName.values), name="team_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}"
