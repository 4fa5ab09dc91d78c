"""An event's registration as the organiser sets it up: times, quotas, categories, invitations."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Organisation, Person
from sessions_app.events.models import SLUG, Event, Track
from sessions_app.programme.models import Session


class RegistrationSettings(models.Model):
    """When and how an event takes registrations; an event without this row takes none.

    All times are UTC; people read them in the event's zone.
    """

    event = models.OneToOneField(Event, models.CASCADE, related_name="registration")
    is_open = models.BooleanField(
        _("open"), default=False, help_text=_("While it is off, only the team can try the form.")
    )
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    change_until = models.DateTimeField(
        _("changes until"),
        null=True,
        blank=True,
        help_text=_("Until then people change and cancel by themselves. Empty: until the event begins."),
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("hours an offered place is kept"),
        default=24,
        validators=[MaxValueValidator(24 * 14)],
        help_text=_("0 gives a freed place at once to the first who waits, without asking."),
    )
    introduction = models.TextField(_("introduction"), blank=True)
    consent_text = models.TextField(
        _("consent to the processing of data"), blank=True, help_text=_("Stands beside a box of its own.")
    )
    consent_version = models.CharField(_("version of that text"), max_length=40, default="1")

    class Meta:
        verbose_name = _("registration settings")
        verbose_name_plural = _("registration settings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="registration_closes_after_opening",
                violation_error_message=_("Registration must close after it opens."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.event}"


class Quota(models.Model):
    """A promise of exactly so many places: for categories, for a choice, or for the seats of a session.

    ``taken`` is how many ``Place`` rows there are; both change under the lock of this row.
    ``last_number`` numbers the waiting list in the order of commit.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="quotas")
    name = models.CharField(_("name"), max_length=200)
    size = models.PositiveIntegerField(_("places"))
    taken = models.PositiveIntegerField(default=0, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    session = models.OneToOneField(
        Session, models.CASCADE, null=True, blank=True, related_name="seat_quota", editable=False
    )

    class Meta:
        verbose_name = _("quota")
        verbose_name_plural = _("quotas")
        ordering = ("name", "id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(taken__lte=models.F("size")),
                name="quota_never_oversold",
                violation_error_message=_("More places are taken already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def free(self) -> int:
        """How many places are left."""
        return self.size - self.taken


class Visibility(models.TextChoices):
    """Who sees a category in the form."""

    PUBLIC = "public", _("everybody")
    CODE = "code", _("who has an invitation code")
    MEMBERS = "members", _("people of one organisation and its members")


class Entry(models.TextChoices):
    """How a registration of a category comes to a place."""

    AUTOMATIC = "automatic", _("at once")
    APPROVAL = "approval", _("after approval")


class Category(models.Model):
    """A kind of attendee: participant, speaker, press, cluster representative, authority, staff…"""

    event = models.ForeignKey(Event, models.CASCADE, related_name="categories")
    slug = models.CharField(_("address"), max_length=80, validators=[SLUG])
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("for whom"), max_length=300, blank=True)
    badge_word = models.CharField(_("word on the badge"), max_length=24, blank=True)
    hue = models.PositiveSmallIntegerField(_("colour"), choices=Track.HUES, default=1)
    quota = models.ForeignKey(
        Quota, models.RESTRICT, null=True, blank=True, related_name="categories", verbose_name=_("quota"),
        help_text=_("Several categories may share one. Empty: as many as come."),
    )  # fmt: skip
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    visibility = models.CharField(
        _("who sees it"), max_length=8, choices=Visibility, default=Visibility.PUBLIC
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, verbose_name=_("organisation"),
        help_text=_("Whose people, and whose members' people, see the category."),
    )  # fmt: skip
    entry = models.CharField(_("way in"), max_length=10, choices=Entry, default=Entry.AUTOMATIC)
    has_waiting_list = models.BooleanField(_("waiting list"), default=True)
    sort_order = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "slug"), name="category_slug_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(visibility__in=Visibility.values), name="category_visibility_known"
            ),
            models.CheckConstraint(condition=models.Q(entry__in=Entry.values), name="category_entry_known"),
            models.CheckConstraint(
                condition=~models.Q(visibility=Visibility.MEMBERS) | models.Q(organisation__isnull=False),
                name="category_members_of_somebody",
                violation_error_message=_("Name the organisation whose people see the category."),
            ),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True)
                | models.Q(closes_at__isnull=True)
                | models.Q(closes_at__gt=models.F("opens_at")),
                name="category_closes_after_opening",
            ),
            models.CheckConstraint(condition=models.Q(hue__range=(1, 8)), name="category_hue_known"),
        ]

    def __str__(self) -> str:
        return self.name or self.slug


class Invitation(models.Model):
    """A code that opens a category to those who have it, for so many uses."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="invitations")
    category = models.ForeignKey(Category, models.CASCADE, related_name="invitations")
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("for whom"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Empty: whoever has the code."))
    max_uses = models.PositiveIntegerField(_("uses"), default=1, validators=[MinValueValidator(1)])
    used = models.PositiveIntegerField(default=0, editable=False)
    skips_approval = models.BooleanField(_("confirms at once"), default=True)
    expires_at = models.DateTimeField(_("valid until"), null=True, blank=True)
    created_by = models.ForeignKey(Person, models.SET_NULL, null=True, editable=False, related_name="+")
    sent_at = models.DateTimeField(null=True, editable=False)
    reminded_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint("event", Upper("code"), name="invitation_code_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(used__lte=models.F("max_uses")), name="invitation_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return self.code
