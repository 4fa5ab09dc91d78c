"""What workers keep so that pages can suggest partners: texts as vectors, ranked partners, how far the ranking is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from matchmaking.models.exchanges import Exchange
from matchmaking.models.profiles import ExchangeProfile, Offer


class TextVector(models.Model):
    """An offer's text as its matcher needs it; of no use under another ``matcher`` or once the text has changed.

    ``digest`` is the SHA-256 of the text it was made from.
    """

    offer = models.OneToOneField(Offer, models.CASCADE, primary_key=True, related_name="vector")
    matcher = models.CharField(max_length=40)
    digest = models.BinaryField(max_length=32)
    data = models.BinaryField()

    class Meta:
        verbose_name = _("text of an offer, made comparable")
        verbose_name_plural = _("texts of offers, made comparable")

    def __str__(self) -> str:
        return f"{self.offer_id} {self.matcher}"


class Suggestion(models.Model):
    """A partner from whom a participant gains, as a worker found it; who may be shown is asked when a page is.

    ``rank`` counts from 1 by ``score``, which is ``mutual`` (what both gain, 0 to 1, the same from both
    sides) at the partner's ``price`` for attention. ``gets`` is what the participant gains, ``gives`` the
    partner. ``theirs`` are the partner's offers that answer the participant's needs, ``ours`` the other
    way: each a list of [need, offer, how well], by keys of offers, the best first. Of what is the partner's
    in them ``topics`` are the ticked ones, and ``kin`` is the same number for those of the list whose texts
    say the same.
    """

    profile = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="suggestions")
    partner = models.ForeignKey(ExchangeProfile, models.CASCADE, related_name="suggested_to")
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField()
    mutual = models.FloatField()
    price = models.FloatField(default=0.0)
    gets = models.FloatField()
    gives = models.FloatField()
    theirs = models.JSONField(default=list)
    ours = models.JSONField(default=list)
    topics = models.JSONField(default=list)
    kin = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("suggested partner")
        verbose_name_plural = _("suggested partners")
        ordering = ("profile", "rank")
        constraints = [
            models.UniqueConstraint(fields=("profile", "partner"), name="suggested_once"),
            models.UniqueConstraint(fields=("profile", "rank"), name="suggestion_rank_once"),
            models.CheckConstraint(
                condition=~models.Q(profile=models.F("partner")), name="suggestion_of_another"
            ),
            models.CheckConstraint(
                condition=models.Q(mutual__gte=0, mutual__lte=1), name="suggestion_mutual_zero_to_one"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile} → {self.partner}"


class Ranking(models.Model):
    """How far an exchange's suggestions are; one row an exchange.

    ``basis`` names what they were computed from, ``seen`` what stood there when the sweep looked last and
    ``seen_at`` since when (see ``services.suggesting.state_of_market``). ``leased_until`` keeps two workers
    apart, and lets one that failed rest; ``token`` is what a worker shows that the work is still its own.
    ``computed_at`` is the moment as of which people were compared, ``seconds`` what that took, ``version``
    how often it was done; ``learnt`` is what answers have taught, see ``ranking.learning``.
    """

    exchange = models.OneToOneField(Exchange, models.CASCADE, primary_key=True, related_name="ranking")
    basis = models.CharField(max_length=200, blank=True)
    seen = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)
    token = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0)
    matcher = models.CharField(max_length=40, blank=True)
    people = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)
    learnt = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("state of suggestions")
        verbose_name_plural = _("states of suggestions")

    def __str__(self) -> str:
        return f"{self.exchange} v{self.version}"
