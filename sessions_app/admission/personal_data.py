"""What admission keeps about a person, for her own copy."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from network.models import Person
from network.signals import personal_data_asked
from sessions_app.admission.models import Scan


@receiver(personal_data_asked)
def scans_of(person: Person, **_more: Any) -> dict[str, Any]:
    """Return when and where the person's tickets were scanned."""
    scans = Scan.objects.filter(ticket__registration__person=person).select_related("event", "gate")
    return {
        "scans": [
            {
                "event": scan.event.slug,
                "gate": scan.gate.slug if scan.gate else None,
                "at": scan.at.isoformat(),
                "result": scan.result,
            }
            for scan in scans.order_by("at")
        ]
    }
