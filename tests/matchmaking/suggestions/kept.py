"""What people offer and seek here, and a suggestion as a worker keeps it."""

from __future__ import annotations

from django.utils import timezone

from matchmaking.models import ExchangeProfile, Ranking, Suggestion
from matchmaking.pages.suggestions import suggested

POWDER_NEED = "We need titanium powder for 3D printing."
POWDER_OFFER = "Производим титановые порошки для металлических принтеров."
SENSOR_NEED = "Нужны датчики газа для химического завода."
SENSOR_OFFER = "Industrial gas detectors with digital output."


def keep(reader, partner, rank=1, mutual=0.5, topics=(), **more) -> Suggestion:
    """Keep a suggestion as a worker does, and say that the exchange was computed."""
    Ranking.objects.update_or_create(
        exchange=reader.exchange, defaults={"computed_at": timezone.now(), "version": 1, "matcher": "use"}
    )
    known = {"score": mutual, "mutual": mutual, "gets": 0.5, "gives": 0.5, "topics": list(topics)}
    return Suggestion.objects.create(profile=reader, partner=partner, rank=rank, **{**known, **more})


def shown(reader, **more) -> list[str]:
    """Return the names of those whom a fresh visit of the reader is shown, in order."""
    profile = ExchangeProfile.objects.select_related("exchange__event", "person").get(pk=reader.pk)
    return [one.name for one in suggested(profile.exchange, profile, **more).people]
