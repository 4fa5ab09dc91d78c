"""What the archive keeps about a person beside the programme: told when she asks for it, her name gone when she is erased.

What she said in public sessions belongs to their recordings and stays.
"""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from media_archive.models import CutLink, Material, Transcript, Upload
from network.models import Person
from network.signals import person_erased, personal_data_asked


@receiver(personal_data_asked)
def tell_what_is_kept(person: Person, **_more: Any) -> dict[str, Any]:
    """Return what the person uploaded, wrote and gave links to, as plain JSON."""
    uploads = Upload.objects.filter(person=person).select_related("recording__event").order_by("pk")
    materials = Material.objects.filter(by=person).select_related("event").order_by("pk")
    transcripts = Transcript.objects.filter(by=person).select_related("recording__event").order_by("pk")
    links = CutLink.objects.filter(created_by=person).select_related("cut__event").order_by("pk")
    return {
        "recording_uploads": [
            {"event": upload.recording.event.slug, "file": upload.name, "at": upload.created_at.isoformat()}
            for upload in uploads
        ],
        "recording_materials": [
            {"event": one.event.slug, "title": one.title, "at": one.created_at.isoformat()}
            for one in materials
        ],
        "recording_transcripts": [
            {
                "event": one.recording.event.slug,
                "recording": str(one.recording),
                "language": one.language,
                "at": one.updated_at.isoformat(),
            }
            for one in transcripts
        ],
        "recording_links": [
            {
                "event": link.cut.event.slug,
                "recording": link.cut.code,
                "for": link.name,
                "at": link.created_at.isoformat(),
                "until": link.expires_at.isoformat(),
            }
            for link in links
        ],
    }


@receiver(person_erased)
def erase(person: Person, **_more: Any) -> None:
    """Take the person's name from what she did; files, transcripts and links stay the event's."""
    Material.objects.filter(by=person).update(by=None)
    Transcript.objects.filter(by=person).update(by=None)
    CutLink.objects.filter(created_by=person).update(created_by=None)
