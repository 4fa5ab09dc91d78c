"""People, organisations and what ties them; the audit trail and the outbox."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.codes import new_long_code

REGION = RegexValidator(r"^[A-Z]{2}-[A-Z0-9]{1,3}$", _("Write an ISO 3166-2 code such as RU-TOM."))


class PersonManager(BaseUserManager["Person"]):
    """Creates people with or without a log-in."""

    use_in_migrations = True

    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> Person:
        """Create a person; without an e-mail she has no log-in."""
        person = self.model(email=self.normalize_email(email) or None, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Create an operator who may do everything."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> Person:
        """Find by e-mail, whatever its case."""
        return self.get(email__iexact=username)


class Person(AbstractBaseUser, PermissionsMixin):
    """A human being: somebody named in a programme, and a user when there is an e-mail."""

    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    name = models.CharField(_("full name"), max_length=200, help_text=_("As the person writes it."))
    name_latin = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    biography = models.TextField(_("biography"), blank=True)
    locale = models.CharField(_("language"), max_length=5, blank=True)
    is_active = models.BooleanField(_("may log in"), default=True)
    is_staff = models.BooleanField(_("operator"), default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    agenda_token = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(Lower("email"), name="person_email_unique")]

    def __str__(self) -> str:
        return self.name or self.email or self.code

    def get_full_name(self) -> str:
        """Return the name as written."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name as written; first names cannot be told from it."""
        return self.name

    @property
    def first_name(self) -> str:
        """Serve Wagtail's greeting, which asks for a first name."""
        return self.name

    @property
    def last_name(self) -> str:
        """Serve Wagtail's lists, which ask for a last name; names are whole here."""
        return ""


class Topic(models.Model):
    """A subject in a tree; ``parent`` is the wider one."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=120)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("id")), name="topic_not_its_own_parent"
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganisationKind(models.TextChoices):
    """What an organisation is."""

    CLUSTER = "cluster", _("cluster")
    PLATFORM = "platform", _("technology platform")
    COMPANY = "company", _("company")
    UNIVERSITY = "university", _("university")
    RESEARCH = "research", _("research institute")
    PARK = "park", _("technopark or incubator")
    AUTHORITY = "authority", _("authority")
    INSTITUTION = "institution", _("development institution")
    ASSOCIATION = "association", _("association")
    MEDIA = "media", _("media")
    OTHER = "other", _("other")


class OrganisationStatus(models.TextChoices):
    """Whether the public sees an organisation in the directory."""

    DRAFT = "draft", _("draft")
    PENDING = "pending", _("waiting for review")
    PUBLISHED = "published", _("published")


class Organisation(models.Model):
    """A cluster, company, university, authority or any other body that takes part."""

    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=80, blank=True)
    kind = models.CharField(
        _("kind"), max_length=20, choices=OrganisationKind, default=OrganisationKind.OTHER
    )
    region = models.CharField(_("region"), max_length=6, blank=True, validators=[REGION])
    city = models.CharField(_("city"), max_length=120, blank=True)
    latitude = models.FloatField(
        _("latitude"), null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        _("longitude"), null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    website = models.URLField(_("website"), blank=True)
    about = models.TextField(_("about"), blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="organisations", verbose_name=_("topics"))
    status = models.CharField(
        _("status"), max_length=10, choices=OrganisationStatus, default=OrganisationStatus.PUBLISHED
    )
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    members = models.ManyToManyField(
        "self", through="Membership", symmetrical=False, related_name="memberships"
    )

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="organisation_coordinates_whole",
            )
        ]

    def __str__(self) -> str:
        return self.name


class DatedTie(models.Model):
    """A tie that holds from one day to another, both included; open ends are None."""

    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        abstract = True


class Membership(DatedTie):
    """An organisation belongs to another, for example a company to a cluster."""

    parent = models.ForeignKey(Organisation, models.CASCADE, related_name="member_ties")
    member = models.ForeignKey(Organisation, models.CASCADE, related_name="membership_ties")
    role = models.CharField(_("role"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("member")), name="membership_not_in_itself"
            ),
            models.CheckConstraint(
                condition=models.Q(since__isnull=True)
                | models.Q(until__isnull=True)
                | models.Q(until__gte=models.F("since")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} — {self.parent}"


class AffiliationRight(models.TextChoices):
    """What a person may do for the organisation."""

    NONE = "none", _("no rights")
    CONTACT = "contact", _("contact")
    EDITOR = "editor", _("editor")
    OWNER = "owner", _("owner")


class Affiliation(DatedTie):
    """A person holds a post in an organisation for a time, with rights there."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="affiliations")
    post = models.CharField(_("post"), max_length=300, blank=True)
    right = models.CharField(
        _("right"), max_length=10, choices=AffiliationRight, default=AffiliationRight.NONE
    )
    public_fields = models.JSONField(_("fields shown in public"), default=list, blank=True)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(since__isnull=True)
                | models.Q(until__isnull=True)
                | models.Q(until__gte=models.F("since")),
                name="affiliation_ends_after_start",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.organisation}"


class Consent(models.Model):
    """A person agreed to one purpose, by a text of one version; withdrawn ones stay with their end."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=60)
    text_version = models.CharField(_("version of the text"), max_length=40)
    given_at = models.DateTimeField(_("given at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=("person", "purpose"),
                condition=models.Q(withdrawn_at__isnull=True),
                name="consent_one_valid_per_purpose",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True)
                | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.text_version}"


class AuditEntry(models.Model):
    """Who did what to which object, with old and new values; only ever added."""

    at = models.DateTimeField(default=timezone.now, db_index=True, editable=False)
    actor = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="audit_entries", editable=False
    )
    action = models.CharField(max_length=80, editable=False)
    event_id_ref = models.BigIntegerField(null=True, db_index=True, editable=False)
    object_type = models.CharField(max_length=80, editable=False)
    object_id = models.CharField(max_length=64, editable=False)
    object_name = models.CharField(max_length=300, editable=False)
    reason = models.TextField(blank=True, editable=False)
    changes = models.JSONField(default=dict, editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=("object_type", "object_id"))]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.action} {self.object_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; an entry that exists cannot be changed."""
        if self.pk is not None:
            raise TypeError("The audit trail is only ever added to.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: the audit trail is only ever added to."""
        raise TypeError("The audit trail is only ever added to.")


class OutboxState(models.TextChoices):
    """Where a message of the outbox stands."""

    WAITING = "waiting", _("waiting")
    DELIVERED = "delivered", _("delivered")
    FAILED = "failed", _("failed")


class OutboxMessage(models.Model):
    """Something to tell the world, written with the change and delivered after its commit.

    ``key`` makes a second writing harmless here and a second delivery harmless there.
    A worker that takes the message leases it until ``leased_until``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=OutboxState, default=OutboxState.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("message to be delivered")
        verbose_name_plural = _("outbox")
        ordering = ("created_at",)
        indexes = [
            models.Index(fields=("due_at",), condition=models.Q(state="waiting"), name="outbox_waiting")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="delivered", delivered_at__isnull=False)
                | (~models.Q(state="delivered") & models.Q(delivered_at__isnull=True)),
                name="outbox_delivered_has_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
