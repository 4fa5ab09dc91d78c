"""Addresses of recordings. What not everybody may watch lies below a signed key that ends, segments too.

A key is ``{end in seconds, hexadecimal}-{d or v}-{signature}``: d also opens drafts, for the team.
"""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from media_archive.models import Cut

VALID = dt.timedelta(hours=6)
STEP = 1800  # seconds; addresses of half an hour are alike, so that browsers keep what they have loaded
_signer = Signer(salt="media_archive.watch")


def key_for(cut: Cut, *, slug: str, is_draft: bool = False, now: dt.datetime | None = None) -> str:
    """Return the key that opens this cut, and no other, for the next hours."""
    end = int(((now or timezone.now()) + VALID).timestamp()) // STEP * STEP
    lead = f"{end:x}-{'d' if is_draft else 'v'}"
    return f"{lead}-{_signer.signature(f'{slug}/{cut.code}/{lead}')}"


def seconds_left(key: str, *, now: dt.datetime | None = None) -> float:
    """Return how long a key of ours still opens its cut."""
    return max(0.0, int(key.partition("-")[0], 16) - (now or timezone.now()).timestamp())


def read_key(key: str, *, slug: str, code: str, now: dt.datetime | None = None) -> str | None:
    """Return ``v`` or ``d`` when the key opens this cut now, else None."""
    try:
        end, kind, signature = key.split("-", 2)
        _signer.unsign(f"{slug}/{code}/{end}-{kind}:{signature}")
        is_open = int(end, 16) > (now or timezone.now()).timestamp()
    except (BadSignature, ValueError):
        return None
    return kind if is_open and kind in {"v", "d"} else None


def media_base(cut: Cut, *, slug: str, key: str = "") -> str:
    """Return the path below which all of the cut's media lie, with a slash at its end."""
    return f"/media/{slug}/{key}/session/{cut.code}/" if key else f"/media/{slug}/session/{cut.code}/"


def watch_path(slug: str, code: str) -> str:
    """Return the page of a cut, in the active language."""
    return reverse("media_archive:watch", args=(slug, code))


def digest_of(secret: str) -> str:
    """Return what is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def watch_url(slug: str, code: str) -> str:
    """Return the whole address of a cut's page, in the active language."""
    return f"{settings.BASE_URL}{watch_path(slug, code)}"


def embed_url(slug: str, code: str) -> str:
    """Return the whole address of the page that other sites show in a frame, in the active language."""
    return f"{settings.BASE_URL}{reverse('media_archive:embed', args=(slug, code))}"
