"""What happens while others hold the places, and what the clock does by itself."""

import datetime as dt
import sqlite3

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone, translation

from config.celery import app
from sessions_app.registration import regions
from sessions_app.registration.models import Registration, WaitingEntry
from sessions_app.registration.services.registering import cancel
from sessions_app.registration.tasks import delete_old_drafts, expire_offers
from tests.factories import PersonFactory, make_draft, make_open_event, make_registration
from tests.registration.forms import filled, path


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor != "sqlite", reason="SQLite's one writer; PostgreSQL: tests/concurrency"
)
def test_places_that_others_hold_for_too_long_are_503_with_nothing_written_and_the_input_kept(client):
    event, _category = make_open_event(places=5)
    client.force_login(PersonFactory())
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        answer = client.post(path(event), filled(event))
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert 'value="Engineer"' in answer.content.decode()
    assert not Registration.objects.exists()
    again = {**filled(event), "key": answer.context["form_key"]}
    assert client.post(path(event), again).status_code == 302


@pytest.mark.django_db
def test_offers_that_have_run_out_go_on_each_minute():
    event, category = make_open_event(places=1, offer_hours=1)
    first, second, third = (make_registration(event, category) for _turn in range(3))
    cancel(registration=first, actor=first.person)
    WaitingEntry.objects.filter(registration=second).update(
        offer_until=timezone.now() - dt.timedelta(seconds=1)
    )
    assert expire_offers() == 1
    assert expire_offers() == 0
    second.refresh_from_db()
    third.refresh_from_db()
    assert (second.state, third.state) == ("cancelled", "offered")


@pytest.mark.django_db
def test_forms_that_nobody_goes_on_with_are_deleted_after_a_month():
    event, category = make_open_event()
    old, new = make_draft(event, category), make_draft(event, category)
    Registration.objects.filter(pk=old.pk).update(changed_at=timezone.now() - dt.timedelta(days=31))
    assert delete_old_drafts() == 1
    assert list(Registration.objects.all()) == [new]


@pytest.mark.django_db
def test_every_task_of_the_clock_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_regions_and_countries_have_names(language):
    with translation.override(language):
        (_own, russian), (_other, countries) = regions.regions()
    assert len(russian) == 83
    assert ("RU", "Russia") not in countries
    assert dict(countries)["KZ"] in {"Kazakhstan", "Казахстан"}
    assert all(regions.is_region(code) for code, _name in [*russian, *countries])
    assert not regions.is_region("XX")
