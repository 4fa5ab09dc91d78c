"""The questions an event asks of those who register."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions_app.events.models import SLUG, Event
from sessions_app.registration.models.categories import Category, Quota


class QuestionKind(models.TextChoices):
    """What kind of answer a question wants."""

    TEXT = "text", _("line of text")
    LONG_TEXT = "long_text", _("longer text")
    NUMBER = "number", _("number")
    DATE = "date", _("date")
    CHOICE = "choice", _("one of several")
    CHOICES = "choices", _("several of several")
    YES_NO = "yes_no", _("yes or no")
    FILE = "file", _("file")
    REGION = "region", _("country or region")
    PHONE = "phone", _("phone")
    EMAIL = "email", _("e-mail")
    CONSENT = "consent", _("consent")


class Question(models.Model):
    """One question; ``categories`` empty means it is for all of them.

    With ``shown_if`` it is asked only when that question's answer is one of ``shown_if_values``
    (keys of choices, or "yes"/"no").
    """

    event = models.ForeignKey(Event, models.CASCADE, related_name="questions")
    key = models.CharField(_("short name"), max_length=60, validators=[SLUG])
    kind = models.CharField(_("kind of answer"), max_length=10, choices=QuestionKind)
    label = models.CharField(_("question"), max_length=300)
    help = models.CharField(_("help"), max_length=500, blank=True)
    text = models.TextField(_("text of the consent"), blank=True)
    text_version = models.CharField(_("version of that text"), max_length=40, default="1")
    is_required = models.BooleanField(_("must be answered"), default=False)
    categories = models.ManyToManyField(
        Category, blank=True, related_name="questions", verbose_name=_("only for these categories")
    )
    shown_if = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="followers",
        verbose_name=_("only after the question"),
    )  # fmt: skip
    shown_if_values = models.JSONField(_("and one of these answers"), default=list, blank=True)
    minimum = models.FloatField(_("at least"), null=True, blank=True)
    maximum = models.FloatField(_("at most"), null=True, blank=True)
    is_removed = models.BooleanField(default=False, editable=False)  # answers stay readable
    sort_order = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "key"), name="question_key_once_per_event"),
            models.CheckConstraint(
                condition=models.Q(kind__in=QuestionKind.values), name="question_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(shown_if__isnull=True) | ~models.Q(shown_if=models.F("id")),
                name="question_not_after_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(minimum__isnull=True)
                | models.Q(maximum__isnull=True)
                | models.Q(maximum__gte=models.F("minimum")),
                name="question_bounds_in_order",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.key


class Choice(models.Model):
    """One answer to choose; with a quota it has only so many places, for example an excursion."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    key = models.CharField(_("short name"), max_length=60, validators=[SLUG])
    label = models.CharField(_("answer"), max_length=200)
    quota = models.OneToOneField(
        Quota, models.RESTRICT, null=True, blank=True, related_name="choice", verbose_name=_("places")
    )
    is_removed = models.BooleanField(default=False, editable=False)
    sort_order = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("answer to choose")
        verbose_name_plural = _("answers to choose")
        ordering = ("sort_order", "id")
        constraints = [
            models.UniqueConstraint(fields=("question", "key"), name="choice_key_once_per_question")
        ]

    def __str__(self) -> str:
        return self.label or self.key
