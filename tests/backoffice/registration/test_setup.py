"""Settings, quotas and categories through the pages of the back office."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from network.models import AuditEntry
from sessions_app.registration.models import Category, Quota, Registration, RegistrationSettings
from tests.backoffice.forms import text_of
from tests.factories import OrganisationFactory, make_category, make_event, make_open_event, make_registration

MOSCOW = ZoneInfo("Europe/Moscow")
PAGES = (
    "backoffice_setup",
    "backoffice_quotas",
    "backoffice_quota_new",
    "backoffice_categories",
    "backoffice_category_new",
)


def settings_post(**changes) -> dict:
    """Return a valid post of the settings."""
    return {"is_open": "on", "offer_hours": "24", "consent_version": "1", **changes}


def category_post(**changes) -> dict:
    """Return a valid post of a category."""
    return {
        "name_en": "Press", "name_ru": "Пресса", "entry": "automatic", "visibility": "public", "hue": "2",
        "has_waiting_list": "on", **changes,
    }  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens(desk, url_of, name):
    assert desk.get(url_of(name)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_the_team_of_another_event_does_not_find_them(desk, name):
    other = make_open_event()[0]
    assert desk.get(reverse(name, args=(other.slug,))).status_code == 404
    assert desk.post(reverse(name, args=(other.slug,)), {}).status_code in (404, 405)


def test_things_of_another_event_are_not_found(desk, url_of):
    _other, foreign = make_open_event(places=3)
    for name, pk in (
        ("backoffice_quota", foreign.quota_id),
        ("backoffice_category", foreign.pk),
        ("backoffice_category", 2**80),
    ):
        assert desk.get(url_of(name, pk)).status_code == 404
    for name, pk in (
        ("backoffice_quota_delete", foreign.quota_id),
        ("backoffice_category_move", foreign.pk),
        ("backoffice_category_delete", foreign.pk),
    ):
        assert desk.post(url_of(name, pk), {"step": "up"}).status_code == 404
    assert Category.objects.filter(pk=foreign.pk).exists()


def test_who_manages_one_event_is_led_to_it(desk, event):
    response = desk.get(reverse("backoffice_registrations"))
    assert response.url == reverse("backoffice_registration", args=(event.slug,))


def test_settings_are_made_in_the_events_zone_and_audited(desk, registrar, url_of):
    RegistrationSettings.objects.all().delete()
    desk.post(
        url_of("backoffice_setup"), settings_post(opens_at="2026-09-01T10:00", closes_at="2026-09-10T18:00")
    )
    settings = RegistrationSettings.objects.get()
    assert settings.opens_at == dt.datetime(2026, 9, 1, 10, tzinfo=MOSCOW)
    assert settings.is_open
    entry = AuditEntry.objects.get(action="registration_settings.created")
    assert (entry.actor, entry.event_id_ref) == (registrar, settings.event_id)
    assert entry.changes["opens_at"][1] == "2026-09-01 07:00:00+00:00"


def test_a_time_that_the_clocks_skip_is_an_error_of_the_form(desk, event, url_of):
    event.timezone = "Europe/Berlin"
    event.save()
    response = desk.post(url_of("backoffice_setup"), settings_post(opens_at="2026-03-29T02:30"))
    assert response.status_code == 422
    assert "does not exist on this day" in text_of(response)
    assert "2026-03-29T02:30" in response.content.decode()


def test_closing_before_opening_is_refused_and_nothing_typed_is_lost(desk, url_of):
    post = settings_post(
        opens_at="2026-09-10T10:00", closes_at="2026-09-01T10:00", introduction_en="Welcome all"
    )
    response = desk.post(url_of("backoffice_setup"), post)
    assert response.status_code == 422
    assert "Registration must close after it opens." in text_of(response)
    assert "Welcome all" in response.content.decode()


def test_a_changed_consent_demands_a_version_and_proposes_one(desk, event, url_of):
    RegistrationSettings.objects.update(consent_text_en="We keep your data.", consent_version="3")
    post = settings_post(consent_text_en="We keep and pass on your data.", consent_version="3")
    response = desk.post(url_of("backoffice_setup"), post)
    assert response.status_code == 422
    assert 'value="4"' in response.content.decode()
    assert RegistrationSettings.objects.get().consent_text_en == "We keep your data."
    desk.post(url_of("backoffice_setup"), {**post, "consent_version": "4"})
    assert RegistrationSettings.objects.get().consent_text_en == "We keep and pass on your data."


def test_two_editors_of_the_settings_overwrite_nothing_unseen(desk, url_of):
    seen = desk.get(url_of("backoffice_setup")).context["form"].initial["seen"]
    RegistrationSettings.objects.update(offer_hours=5)
    response = desk.post(url_of("backoffice_setup"), settings_post(offer_hours="48", seen=seen))
    assert response.status_code == 409
    assert RegistrationSettings.objects.get().offer_hours == 5


def test_a_quota_is_never_smaller_than_what_is_taken(desk, event, category, url_of):
    make_registration(event, category)
    make_registration(event, category)
    response = desk.post(url_of("backoffice_quota", category.quota_id), {"name_en": "Hall", "size": "1"})
    assert response.status_code == 422
    assert "2 places are taken already" in text_of(response)
    assert Quota.objects.get().size == 2


def test_a_larger_quota_goes_at_once_to_who_waits(desk, event, category, url_of):
    RegistrationSettings.objects.update(offer_hours=0)
    for _ in range(4):
        make_registration(event, category)
    page = desk.post(
        url_of("backoffice_quota", category.quota_id), {"name_en": "Hall", "size": "3"}, follow=True
    )
    assert "1 of those who waited got a place." in text_of(page)
    assert Registration.objects.filter(state="confirmed").count() == 3
    quota = Quota.objects.get()
    assert (quota.size, quota.taken, quota.places.count()) == (3, 3, 3)
    assert AuditEntry.objects.get(action="quota.changed").changes["size"] == [2, 3]


def test_a_quota_goes_only_when_nothing_uses_it(desk, event, category, url_of):
    spare = Quota.objects.create(event=event, name_en="Spare", size=5)
    desk.post(url_of("backoffice_quota_delete", category.quota_id))
    desk.post(url_of("backoffice_quota_delete", spare.pk))
    assert list(Quota.objects.all()) == [category.quota]


def test_a_category_is_made_with_its_quota(desk, event, url_of):
    response = desk.post(url_of("backoffice_category_new"), category_post(new_places="30"))
    assert response.status_code == 302
    made = Category.objects.get(name_en="Press")
    assert (made.slug, made.quota.size, made.quota.name_ru) == ("press", 30, "Пресса")
    assert list(event.categories.all())[-1] == made


def test_a_category_for_members_names_their_organisation(desk, url_of):
    response = desk.post(url_of("backoffice_category_new"), category_post(visibility="members"))
    assert "Name the organisation whose people see the category." in text_of(response)
    organisation = OrganisationFactory()
    desk.post(
        url_of("backoffice_category_new"), category_post(visibility="members", organisation=organisation.pk)
    )
    assert Category.objects.get(name_en="Press").organisation == organisation


def test_a_quota_of_another_event_is_no_choice(desk, url_of):
    foreign = make_open_event(places=3)[1]
    response = desk.post(url_of("backoffice_category_new"), category_post(quota=foreign.quota_id))
    assert response.status_code == 422


def test_categories_are_moved_by_buttons(desk, event, category, url_of):
    second = make_category(event)
    third = make_category(event)
    desk.post(url_of("backoffice_category_move", third.pk), {"step": "up"})
    assert list(event.categories.all()) == [category, third, second]
    desk.post(url_of("backoffice_category_move", category.pk), {"step": "down"})
    assert list(event.categories.all()) == [third, category, second]
    page = desk.post(url_of("backoffice_category_move", third.pk), {"step": "up"}, follow=True)
    assert "at the end of the list already" in text_of(page)


def test_only_an_unused_category_is_deleted(desk, event, category, url_of):
    make_registration(event, category)
    spare = make_category(event)
    page = desk.post(url_of("backoffice_category_delete", category.pk), follow=True)
    assert "still used 1 time" in text_of(page)
    desk.post(url_of("backoffice_category_delete", spare.pk))
    assert list(event.categories.all()) == [category]


@pytest.mark.parametrize("name", ["backoffice_quotas", "backoffice_categories"])
def test_lists_cost_the_same_with_one_and_three(desk, event, url_of, name, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    desk.get(url_of(name))
    with CaptureQueriesContext(
        connection,
    ) as one:
        desk.get(url_of(name))
    for _ in range(2):
        make_category(event, places=3, organisation=OrganisationFactory())
    with django_assert_num_queries(len(one)):
        desk.get(url_of(name))


def test_a_programme_editor_does_not_set_registration_up(db, log_in):
    from tests.factories import make_team_member

    event = make_event()
    editor = log_in(make_team_member(event, "programme_editor"))
    assert editor.get(reverse("backoffice_setup", args=(event.slug,))).status_code == 404
