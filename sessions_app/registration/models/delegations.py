"""A representative registers many people at once."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.codes import new_long_code
from network.models import Organisation, Person
from sessions_app.events.models import Event
from sessions_app.registration.models.categories import Category


class Delegation(models.Model):
    """People of one organisation whom its head registers together.

    With ``all_or_none`` either all of them get places at once or all of them wait. One whose head has
    erased her account has none; the team looks after it then.

    An invited person keeps her place until she, the head or the team gives it back: no clock takes it.
    Where the organiser decides about each person an invitation holds no place, and who has finished
    is PENDING.
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="delegations")
    code = models.CharField(max_length=10, unique=True, default=new_long_code, editable=False)
    head = models.ForeignKey(
        Person, models.SET_NULL, null=True, related_name="delegations",
        verbose_name=_("head of the delegation"),
    )  # fmt: skip
    category = models.ForeignKey(
        Category, models.RESTRICT, related_name="delegations", verbose_name=_("category")
    )
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("organisation in the directory"),
    )  # fmt: skip
    organisation_name = models.CharField(_("organisation"), max_length=300)
    all_or_none = models.BooleanField(
        _("all or none"), default=False, help_text=_("Wait until there are places for the whole delegation.")
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.organisation_name


class DelegationMember(models.Model):
    """A line of a delegation as it was typed or pasted; ``registration`` once it has been sent.

    A person who was registered before by herself keeps that registration, and the line has none. Its
    ``shown_as`` is the state that the head reads then, so that she learns of nobody who has registered.
    """

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="members")
    name = models.CharField(_("full name"), max_length=200, blank=True)
    name_latin = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    # Kept as typed until the line is right, so that nothing pasted is lost.
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    post = models.CharField(_("post"), max_length=300, blank=True)
    registration = models.OneToOneField(
        "registration.Registration", models.SET_NULL, null=True, blank=True, related_name="member_line"
    )
    shown_as = models.CharField(max_length=10, blank=True, editable=False)
    sort_order = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("member of a delegation")
        verbose_name_plural = _("members of a delegation")
        ordering = ("sort_order", "id")

    def __str__(self) -> str:
        return self.name or self.email
