"""Who takes part in an exchange, what they offer and need, and whom they do not want to meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matchmaking.models.exchanges import Exchange, Slot
from network.codes import new_long_code
from network.models import Organisation, Person, Topic
from sessions_app.events.models import Event

if TYPE_CHECKING:
    from matchmaking.models.meetings import Meeting


class Readiness(models.TextChoices):
    """How far somebody is with what she offers."""

    IDEA = "idea", _("idea")
    PROTOTYPE = "prototype", _("prototype")
    PILOT = "pilot", _("pilot")
    MARKET = "market", _("on the market")


class Cooperation(models.TextChoices):
    """What kind of working together is wanted."""

    RESEARCH = "research", _("joint research")
    PROJECT = "project", _("joint project")
    SUPPLY = "supply", _("supply")
    PILOT = "pilot", _("pilot customer")
    INVESTMENT = "investment", _("investment")
    EDUCATION = "education", _("training")
    NETWORK = "network", _("exchange of experience")


class ProfileState(models.TextChoices):
    """Whether others see a participant."""

    DRAFT = "draft", _("not shown yet")
    SHOWN = "shown", _("shown to participants")
    LEFT = "left", _("left the exchange")


class ExchangeProfile(models.Model):
    """A person in an exchange, with name, post and organisation as others read them there.

    ``cluster`` is the organisation within which an exchange between clusters lets nobody ask.
    """

    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="profiles")
    person = models.ForeignKey(Person, models.CASCADE, related_name="exchange_profiles")
    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    state = models.CharField(max_length=6, choices=ProfileState, default=ProfileState.DRAFT, editable=False)
    name = models.CharField(_("full name"), max_length=200)
    post = models.CharField(_("post"), max_length=300, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("organisation in the directory"),
    )  # fmt: skip
    organisation_name = models.CharField(_("organisation"), max_length=300, blank=True)
    cluster = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("cluster")
    )
    about = models.TextField(_("about you in a few words"), max_length=1000, blank=True)
    region = models.CharField(_("region"), max_length=6, blank=True)
    languages = models.JSONField(_("languages you speak"), default=list)
    is_remote = models.BooleanField(
        _("I take part on line"), default=False, help_text=_("Your meetings get a video room, not a table.")
    )
    needs_step_free = models.BooleanField(_("I need step-free access"), default=False)
    keeps_starred_free = models.BooleanField(
        _("keep my starred sessions free"), default=True, help_text=_("No meeting is put beside them.")
    )
    meetings_a_day = models.PositiveSmallIntegerField(
        _("most meetings a day"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    shares_contact = models.BooleanField(
        _("show my e-mail to those I meet"), default=False, help_text=_("Once a meeting is agreed.")
    )
    wants_reminders = models.BooleanField(
        _("remind me of my meetings"),
        default=True,
        help_text=_(
            "Off: no letter of the day, and no word on open pages before a meeting. Changes are still told."
        ),
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("participant of the exchange")
        verbose_name_plural = _("participants of the exchange")
        ordering = ("name", "id")
        indexes = [models.Index(fields=("exchange", "state", "name"))]
        constraints = [
            models.UniqueConstraint(fields=("exchange", "person"), name="exchange_profile_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=ProfileState.values), name="exchange_profile_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfferKind(models.TextChoices):
    """What somebody puts on the market."""

    OFFER = "offer", _("I offer")
    NEED = "need", _("I seek")


class Offer(models.Model):
    """Something offered or sought, in one language as its author wrote it.

    It belongs to a person; ``event`` is where it was written, None for one of the marketplace alone.
    With ``stays_listed`` it outlives the event, until ``expires_on``.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="offers")
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="offers"
    )
    event = models.ForeignKey(Event, models.SET_NULL, null=True, blank=True, related_name="offers")
    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    kind = models.CharField(_("kind"), max_length=8, choices=OfferKind)
    text = models.TextField(_("in one or two sentences"), max_length=600)
    topics = models.ManyToManyField(Topic, blank=True, related_name="offers", verbose_name=_("topics"))
    regions = models.JSONField(_("regions"), default=list, blank=True)
    cooperation = models.CharField(_("kind of cooperation"), max_length=12, choices=Cooperation, blank=True)
    readiness = models.CharField(_("stage of readiness"), max_length=10, choices=Readiness, blank=True)
    stays_listed = models.BooleanField(_("keep in the marketplace after the event"), default=False)
    expires_on = models.DateField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("offer or need")
        verbose_name_plural = _("offers and needs")
        ordering = ("kind", "id")
        indexes = [models.Index(fields=("event", "kind"))]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=OfferKind.values), name="offer_kind_known"),
            models.CheckConstraint(condition=~models.Q(text=""), name="offer_says_something"),
        ]

    def __str__(self) -> str:
        return self.text[:80]


class OccupationKind(models.TextChoices):
    """Why a person is not free in a slot."""

    MEETING = "meeting", _("meeting")
    PROGRAMME = "programme", _("speaks in a session")
    OWN = "own", _("keeps this time free")


class Occupation(models.Model):
    """A slot in which a participant is not free: one row a person and slot, whatever the reason.

    Two bookings of one person, or a booking of time that she blocked, meet at this constraint.
    """

    profile = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="occupations")
    slot = models.ForeignKey(Slot, models.CASCADE, related_name="occupations")
    kind = models.CharField(max_length=10, choices=OccupationKind)
    meeting: models.ForeignKey[Meeting | None] = models.ForeignKey(
        "matchmaking.Meeting", models.CASCADE, null=True, blank=True, related_name="occupations"
    )

    class Meta:
        verbose_name = _("taken time")
        verbose_name_plural = _("taken times")
        constraints = [
            models.UniqueConstraint(fields=("profile", "slot"), name="one_person_one_slot"),
            models.CheckConstraint(
                condition=models.Q(kind=OccupationKind.MEETING, meeting__isnull=False)
                | (~models.Q(kind=OccupationKind.MEETING) & models.Q(meeting__isnull=True)),
                name="occupation_meeting_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} {self.slot}"


class NotForMe(models.TextChoices):
    """Why a suggested partner is not wanted."""

    KNOWN = "known", _("We know each other already")
    TOPIC = "topic", _("Another topic")
    REGION = "region", _("Too far away")
    KIND = "kind", _("Another kind of organisation")
    OTHER = "other", _("Another reason")


class Dismissal(models.Model):
    """A participant said "not for me" to a suggested one; the reason steers what is suggested next."""

    profile = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="dismissals")
    partner = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=8, choices=NotForMe, default=NotForMe.OTHER)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("profile", "partner"), name="dismissed_once"),
            models.CheckConstraint(
                condition=~models.Q(profile=models.F("partner")), name="dismissal_of_another"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} ✗ {self.partner}"


class Block(models.Model):
    """A participant does not want to be asked by, or planned with, another; the other is not told."""

    profile = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="blocks")
    other = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("profile", "other"), name="blocked_once"),
            models.CheckConstraint(condition=~models.Q(profile=models.F("other")), name="block_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.profile} ✗ {self.other}"
