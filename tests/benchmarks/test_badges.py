"""What a thousand badges cost."""

import os

import pytest

from network.paper.printing import print_pdf
from sessions_app.admission.documents import badges
from sessions_app.admission.services.ticketing import issue_tickets
from sessions_app.registration.models import Registration
from tests.factories import make_open_event


def cpu_seconds() -> float:
    """Return what this process and those it started have used."""
    return sum(os.times()[:4])


pytestmark = pytest.mark.django_db


def test_1000_badges(table):
    event, category = make_open_event()
    rows = [
        Registration(
            event=event,
            category=category,
            state="draft",
            name=f"Константин Александрович Преображенский {number}",
            name_latin=f"Konstantin Preobrazhensky {number}",
            organisation_name=f"Уральский федеральный университет, кафедра {number}",
            post="Заместитель директора департамента",
        )
        for number in range(1000)
    ]
    Registration.objects.bulk_create(rows)
    issue_tickets(event=event, registrations=rows)
    before = cpu_seconds()
    document = badges(event, rows)
    middle = cpu_seconds()
    pdf = print_pdf(document, seconds=120)
    after = cpu_seconds()
    table.add("1,000 badges, prepared", f"{middle - before:.1f} s CPU")
    table.add("1,000 badges, in all", f"{after - before:.1f} s CPU", "", "60 s")
    assert pdf.startswith(b"%PDF")
    assert after - before < 60
