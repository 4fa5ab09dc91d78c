"""What a person is told that the archive keeps about her, and what goes when she is erased."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from media_archive.models import CutLink, Material, Transcript, Upload
from media_archive.personal_data import erase, tell_what_is_kept
from network.signals import person_erased, personal_data_asked
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db


def test_she_is_told_and_her_name_goes(public_cuts, event) -> None:
    """Uploads, materials, transcripts and links are told; after her erasure they name nobody and still work."""
    person, other = PersonFactory(), PersonFactory()
    Upload.objects.create(recording=public_cuts[0].recording, person=person, name="film.mp4", size=1)
    Material.objects.create(event=event, title="Protocol", by=person)
    Transcript.objects.update(by=person)
    CutLink.objects.create(
        cut=public_cuts[0], name="Press", digest="0" * 64, expires_at=timezone.now() + dt.timedelta(days=1),
        created_by=person,
    )  # fmt: skip
    told = tell_what_is_kept(person)
    assert [row["file"] for row in told["recording_uploads"]] == ["film.mp4"]
    assert [row["title"] for row in told["recording_materials"]] == ["Protocol"]
    assert [row["language"] for row in told["recording_transcripts"]] == ["ru"]
    assert [row["for"] for row in told["recording_links"]] == ["Press"]
    assert all(rows == [] for rows in tell_what_is_kept(other).values())
    erase(person)
    assert [
        *Material.objects.values_list("by", flat=True),
        *Transcript.objects.values_list("by", flat=True),
    ] == [None, None]
    assert CutLink.objects.get().created_by is None


def test_it_is_asked() -> None:
    """The account's export and erasure reach the archive."""
    assert tell_what_is_kept in personal_data_asked._live_receivers(None)[0]
    assert erase in person_erased._live_receivers(None)[0]
