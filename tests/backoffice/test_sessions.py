"""Editing sessions: times on the event's clocks, clashes by name, drafts that stay drafts."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from network.models import AuditEntry
from sessions_app.events.models import TeamRole
from sessions_app.programme.backoffice.filters import lacking, lacks
from sessions_app.programme.models import Session, SessionRole
from sessions_app.programme.services.releasing import release_programme
from sessions_app.registration.services.seats import sign_up
from tests.backoffice.forms import rows, session_post, text_of
from tests.factories import (
    MOSCOW,
    OrganisationFactory,
    PersonFactory,
    RoomFactory,
    SessionFactory,
    make_event,
    make_open_event,
    make_registration,
    make_team_member,
)

BERLIN = {"timezone": "Europe/Berlin", "dates": [dt.date(2024, 3, 31), dt.date(2024, 10, 27)]}


def add(client, event, **changes):
    return client.post(f"{reverse('sessions:add')}?event={event.slug}", session_post(**changes), follow=True)


def newest(event) -> Session:
    return event.sessions.order_by("-pk").first()


def test_times_are_those_of_the_events_clocks(event, desk):
    add(desk, event)
    session = newest(event)
    assert session.start == dt.datetime(2026, 9, 14, 7, tzinfo=dt.UTC)  # Moscow is three hours ahead
    form = desk.get(reverse("sessions:edit", args=(session.pk,))).content.decode()
    assert 'value="2026-09-14T10:00"' in form


def test_a_new_session_gets_the_next_number_and_one_audit_row(event, organiser, desk):
    before = max(event.sessions.values_list("number", flat=True))
    add(desk, event)
    session = newest(event)
    assert session.number == before + 1
    entry = AuditEntry.objects.get(action="session.created", object_id=str(session.pk))
    assert entry.actor == organiser
    assert entry.changes["title_ru"] == [None, "Панель"]


def test_saving_without_a_change_leaves_no_audit_row(event, desk):
    add(desk, event)
    session = newest(event)
    desk.post(reverse("sessions:edit", args=(session.pk,)), session_post())
    assert not AuditEntry.objects.filter(action="session.changed").exists()


def test_a_change_is_audited_with_old_and_new(event, desk):
    add(desk, event)
    session = newest(event)
    desk.post(reverse("sessions:edit", args=(session.pk,)), session_post(title_en="Changed"))
    entry = AuditEntry.objects.get(action="session.changed")
    assert entry.changes == {"title_en": ["Panel", "Changed"]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title_en": "", "title_ru": ""}, "Give the title in at least one language."),
        ({"end": ""}, "Give both start and end"),
        ({"end": "2026-09-14T10:00"}, "The end must come after the start."),
        ({"end": "2026-09-15T10:01"}, "at most 24 hours"),
        ({"start": "tomorrow"}, "Write date and time"),
        ({"start": "0001-01-01T10:00"}, "The year must lie between"),
        ({"stream_url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"seats": "0"}, "greater than or equal to 1"),
        ({"title_en": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_is_said_at_the_field(event, desk, changes, message):
    count = event.sessions.count()
    assert message in text_of(add(desk, event, **changes))
    assert event.sessions.count() == count


def test_a_time_that_the_clocks_jump_over_names_both_readings(desk, organiser):
    event = make_event(sessions=0, **BERLIN)
    TeamRole.objects.create(event=event, person=organiser, role="organiser")
    page = text_of(add(desk, event, start="2024-03-31T02:30", end="2024-03-31T04:00"))
    assert "does not exist" in page
    assert "01:30 (UTC+1)" in page
    assert "03:30 (UTC+2)" in page
    assert not event.sessions.exists()


def test_a_time_that_comes_twice_offers_both_readings(desk, organiser):
    event = make_event(sessions=0, **BERLIN)
    TeamRole.objects.create(event=event, person=organiser, role="organiser")
    times = {"start": "2024-10-27T02:30", "end": "2024-10-27T04:00"}
    page = add(desk, event, **times).content.decode()
    assert 'name="start_reading" value="0"' in page
    assert 'name="start_reading" value="1"' in page
    add(desk, event, **times, start_reading="1")
    session = event.sessions.get()
    assert session.start == dt.datetime(2024, 10, 27, 1, 30, tzinfo=dt.UTC)
    form = desk.get(reverse("sessions:edit", args=(session.pk,))).content.decode()
    assert 'name="start_reading" value="1" checked' in form


def test_a_room_taken_twice_is_named_with_a_link(event, desk):
    first = event.sessions.first()
    start = first.start + dt.timedelta(hours=3)
    page = add(
        desk,
        event,
        room=first.room_id,
        start=start.strftime("%Y-%m-%dT%H:%M"),
        end=(start + dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
    )
    words = text_of(page)
    assert f"{first.room.name} is taken twice" in words
    assert first.title in words
    assert reverse("sessions:edit", args=(first.pk,)) in page.content.decode()


def test_a_person_in_two_places_is_named(event, desk):
    first = event.sessions.first()
    busy = first.roles.get().person
    start = first.start + dt.timedelta(hours=3)
    page = add(
        desk,
        event,
        start=start.strftime("%Y-%m-%dT%H:%M"),
        end=(start + dt.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M"),
        roles=[{"person": busy.pk, "role": "speaker"}],
    )
    assert f"{busy.name} is in two places" in text_of(page)
    clashing = text_of(desk.get(f"{reverse('sessions:index')}?event={event.pk}&clash=yes"))
    assert first.title in clashing
    assert "Panel" in clashing


def test_a_room_too_small_for_those_who_signed_up_is_named_wherever_she_looks(organiser, log_in):
    event, category = make_open_event()
    TeamRole.objects.create(event=event, person=organiser, role="organiser")
    hall, chamber = RoomFactory(event=event, capacity=90), RoomFactory(event=event, capacity=1)
    start = dt.datetime.combine(event.days.first().date, dt.time(10), MOSCOW)
    session = SessionFactory(event=event, room=hall, seats=30, start=start)
    release_programme(event=event, actor=None, note="First")
    for _turn in range(2):
        registration = make_registration(event, category)
        sign_up(registration=registration, code=session.code, actor=registration.person)
    client, said = log_in(organiser), "2 people signed up; there are seats for 1"
    form = reverse("sessions:edit", args=(session.pk,))
    assert said not in text_of(client.get(form))
    Session.objects.filter(pk=session.pk).update(room=chamber, seats=None)
    pages = [form, *(reverse(f"backoffice_{name}", args=(event.slug,)) for name in ("clashes", "release"))]
    for page in pages:
        assert said in text_of(client.get(page)), page
    assert "1 other clash" in text_of(client.get(reverse("backoffice_hub", args=(event.slug,))))
    listed = client.get(f"{reverse('sessions:index')}?event={event.pk}&clash=yes")
    assert session.title in text_of(listed)


def test_post_and_organisation_are_kept_as_printed(event, desk):
    person, organisation = PersonFactory(), OrganisationFactory()
    role = {
        "person": person.pk,
        "role": "moderator",
        "post_ru": "директор",
        "organisation": organisation.pk,
        "organisation_name_ru": "Как напечатано",
    }
    add(desk, event, roles=[role])
    kept = newest(event).roles.get()
    assert (kept.person, kept.post_ru, kept.organisation, kept.organisation_name_ru) == (
        person,
        "директор",
        organisation,
        "Как напечатано",
    )


def test_one_person_may_have_two_roles_but_not_one_twice(event, desk):
    person = PersonFactory()
    twice = [{"person": person.pk, "role": "speaker"}] * 2
    assert "This person has this role already." in text_of(add(desk, event, roles=twice))
    add(desk, event, roles=[{"person": person.pk, "role": "speaker"}, {"person": person.pk, "role": "lead"}])
    assert SessionRole.objects.filter(person=person).count() == 2


def test_rooms_of_other_events_are_no_choice(event, foreign, desk):
    room = RoomFactory(event=foreign)
    count = event.sessions.count()
    add(desk, event, room=room.pk)
    assert event.sessions.count() == count


def test_a_released_session_is_withdrawn_not_deleted(event, desk):
    release_programme(event=event, actor=None, note="")
    session = event.sessions.first()
    url = reverse("backoffice_session_withdraw", args=(session.pk,))
    assert "Delete for good" not in text_of(desk.get(url))
    desk.post(url, {"act": "delete"})
    session.refresh_from_db()
    assert session.state == "withdrawn"
    desk.post(url, {"act": "reinstate"})
    session.refresh_from_db()
    assert session.state == "ready"


def test_a_session_that_was_never_released_can_be_deleted(event, desk):
    add(desk, event, roles=[{"person": PersonFactory().pk, "role": "speaker"}])
    session = newest(event)
    desk.post(reverse("backoffice_session_withdraw", args=(session.pk,)), {"act": "delete"})
    assert not Session.objects.filter(pk=session.pk).exists()
    assert AuditEntry.objects.filter(action="session.deleted").exists()


def test_edited_rows_keep_their_identity(event, desk):
    add(desk, event, roles=[{"person": PersonFactory().pk, "role": "speaker"}])
    role = newest(event).roles.get()
    data = session_post() | rows(
        "roles", {"id": role.pk, "person": role.person_id, "role": "lead"}, initial=1
    )
    desk.post(reverse("sessions:edit", args=(role.session_id,)), data)
    role.refresh_from_db()
    assert role.role == "lead"


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_with_one_session_and_with_three(
    organiser, log_in, django_assert_max_num_queries, count
):
    event = make_event(sessions=count)
    TeamRole.objects.create(event=event, person=organiser, role="organiser")
    client = log_in(organiser)
    url = f"{reverse('sessions:index')}?event={event.pk}"
    client.get(url)
    with django_assert_max_num_queries(26):
        client.get(url)
    with django_assert_max_num_queries(19):
        client.get(reverse("backoffice_hub", args=(event.slug,)))
    with django_assert_max_num_queries(26):
        client.get(reverse("backoffice_clashes", args=(event.slug,)))


@pytest.mark.parametrize(
    "filters", ["day=2026-09-14", "kind=lecture", "missing=people", "missing=room", "q=session"]
)
def test_filters_answer(event, desk, filters):
    assert desk.get(f"{reverse('sessions:index')}?event={event.pk}&{filters}").status_code == 200


@pytest.mark.parametrize("what", ["room", "time", "people", "translation"])
def test_what_is_lacking_is_the_same_in_the_database_and_in_rows_read_already(event, what):
    SessionFactory(event=event, number=70, room=None, start=None, title_ru="")
    SessionFactory(event=event, number=71, room=None, kind="break", title_ru=None)
    asked = set(Session.objects.filter(event=event).filter(lacking(what)).values_list("pk", flat=True))
    read = {
        row.pk for row in Session.objects.filter(event=event) if lacks(row, what, roles=row.roles.count())
    }
    assert asked == read != set()


def test_the_day_filter_counts_by_the_events_clocks(event, desk):
    add(desk, event, start="2026-09-15T00:30", end="2026-09-15T01:30", title_en="After midnight")
    first = text_of(desk.get(f"{reverse('sessions:index')}?event={event.pk}&day=2026-09-14"))
    second = text_of(desk.get(f"{reverse('sessions:index')}?event={event.pk}&day=2026-09-15"))
    assert "After midnight" not in first
    assert "After midnight" in second


def test_the_draft_is_previewed_by_the_team_alone(event, foreign, desk, client, log_in):
    session = event.sessions.first()
    session.title_en = "Only in the draft"
    session.save()
    url = reverse("backoffice_session_preview", args=(session.pk,))
    assert "Only in the draft" in text_of(desk.get(f"{url}?language=en"))
    assert session.title_ru in text_of(desk.get(f"{url}?language=ru"))
    assert log_in(make_team_member(event, "registrar")).get(url).status_code == 404
    assert log_in(make_team_member(foreign, "organiser")).get(url).status_code == 404
    assert client.get(url).status_code == 302


def test_a_session_without_a_time_has_no_preview(event, desk):
    session = SessionFactory(event=event, start=None, number=77)
    page = desk.get(reverse("backoffice_session_preview", args=(session.pk,)), follow=True)
    assert "gets its page when it has a time" in text_of(page)


def test_an_untouched_text_of_several_lines_does_not_change(event, desk):
    session = event.sessions.first()
    session.description_en = "One line\n\nand another"
    session.save()
    form = reverse("sessions:edit", args=(session.pk,))
    desk.post(form, session_post(description_en="One line\r\n\r\nand another"))
    session.refresh_from_db()
    assert session.description_en == "One line\n\nand another"
