"""Setting up an event."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from network.models import AuditEntry
from sessions_app.events.models import Event, Room, Track
from sessions_app.programme.services.releasing import release_programme
from tests.backoffice.forms import event_post, rows, text_of
from tests.factories import OrganisationFactory, PersonFactory


def create(client, **changes):
    return client.post(reverse("events:add"), event_post(**changes), follow=True)


def test_days_need_not_be_adjacent(operator_desk):
    create(operator_desk)
    event = Event.objects.get()
    assert [day.date for day in event.days.all()] == [dt.date(2018, 10, 31), dt.date(2018, 11, 2)]
    assert event.name_ru == "Стратегическая сессия"


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Стратегическая сессия", "strategicheskaya-sessiya"), ("全球论坛", "quanqiuluntan"), ("!!!", "event")],
)
def test_the_address_is_made_from_a_name_in_any_script(operator_desk, name, slug):
    create(operator_desk, name_ru=name)
    assert Event.objects.get().slug.replace("-", "")[:8] == slug.replace("-", "")[:8]


def test_two_events_of_one_name_get_two_addresses(operator_desk):
    create(operator_desk)
    create(operator_desk)
    assert len(set(Event.objects.values_list("slug", flat=True))) == 2


def test_the_main_language_stands_first(operator_desk):
    create(operator_desk)
    assert Event.objects.get().languages == ["ru", "en"]


def test_the_address_of_a_released_event_stays(desk, event):
    release_programme(event=event, actor=None, note="")
    url = reverse("events:edit", args=(event.pk,))
    page = text_of(desk.get(url))
    assert "calendars, links and printed codes lead to it" in page
    desk.post(url, event_post(slug="another"), follow=True)
    event.refresh_from_db()
    assert event.slug == "forum-own"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"timezone": "Mars/Base"}, "is not a time zone"),
        ({"brand_colour": "#ffff99"}, "too light"),
        ({"brand_colour": "blue"}, "#rrggbb"),
        ({"name_ru": ""}, "The name in the main language is needed."),
        ({"languages": ["en"]}, "The main language must be one of"),
        ({"slug": "Слаг"}, "small Latin letters"),
        ({"dates": []}, "At least 1 entry is needed."),
        ({"dates": [dt.date(2018, 10, 31)] * 2}, "This day is in the list already."),
    ],
)
def test_what_cannot_be_is_said_at_the_field(operator_desk, changes, message):
    response = create(operator_desk, **changes)
    assert message in text_of(response)
    assert not Event.objects.exists()


def test_a_light_colour_is_darkened_and_said(operator_desk):
    response = create(operator_desk, brand_colour="#2f9ed8")
    assert Event.objects.get().brand_colour == "#2f9ed8"
    assert "is darkened to" in text_of(response)


def test_rooms_tracks_equal_organisers_and_team_are_kept(operator_desk):
    hosts = [OrganisationFactory(), OrganisationFactory()]
    person = PersonFactory()
    create(
        operator_desk,
        rooms=[{"name_ru": "Зал", "capacity": 120, "step_free": "True"}, {"name_en": "B", "step_free": ""}],
        tracks=[{"name_ru": "Кластеры", "hue": 3}],
        organisers=[{"organisation": host.pk} for host in hosts],
        team=[{"person": person.pk, "role": "organiser"}, {"person": person.pk, "role": "registrar"}],
    )
    event = Event.objects.get()
    assert [(room.name, room.capacity, room.step_free) for room in event.rooms.all()] == [
        ("Зал", 120, True),
        ("B", None, None),
    ]
    assert [(track.slug, track.hue) for track in event.tracks.all()] == [("klastery", 3)]
    assert [tie.organisation for tie in event.organisers.all()] == hosts
    assert {role.role for role in event.team.all()} == {"organiser", "registrar"}


def test_an_operator_who_is_no_superuser_joins_the_team_of_her_event(log_in, db):
    operator = PersonFactory(is_staff=True)
    create(log_in(operator))
    assert Event.objects.get().team.get().person == operator


def edit_post(event, **changes):
    """Return the post of the untouched form of an event that the factory made."""
    days = [{"id": day.pk, "date": day.date, "opens": "08:00", "closes": "22:00"} for day in event.days.all()]
    halls = [{"id": room.pk, "name_en": room.name_en, "step_free": ""} for room in event.rooms.all()]
    lines = [{"id": track.pk, "name_en": track.name_en, "hue": track.hue} for track in event.tracks.all()]
    team = [{"id": one.pk, "person": one.person_id, "role": one.role} for one in event.team.all()]
    data = event_post(slug=event.slug, name_ru=event.name_ru, name_en=event.name_en)
    data |= rows("days", *days, initial=len(days))
    data |= rows("rooms", *changes.pop("rooms", halls), initial=len(halls))
    data |= rows("tracks", *changes.pop("tracks", lines), initial=len(lines))
    data |= rows("team", *changes.pop("team", team), initial=len(team))
    return data | changes


def test_an_organiser_changes_her_event_and_one_audit_row_tells_old_and_new(event, organiser, desk):
    desk.post(reverse("events:edit", args=(event.pk,)), edit_post(event, name_en="Renamed"))
    entry = AuditEntry.objects.get(action="event.changed")
    assert entry.actor == organiser
    assert entry.event_id_ref == event.pk
    assert entry.changes["name_en"][1] == "Renamed"
    page = text_of(desk.get(reverse("event_audit")))
    assert "Renamed" in page
    assert organiser.name in page


def test_an_organiser_reads_and_seeks_actions_in_her_own_words(event, organiser, desk):
    UserProfile.objects.create(user=organiser, preferred_language="ru")
    AuditEntry.objects.create(action="media.cut_published", object_name="Opening", event_id_ref=event.pk)
    AuditEntry.objects.create(action="meeting.booked", object_name="M1AAAA", event_id_ref=event.pk)
    page = text_of(desk.get(reverse("event_audit"), {"object_name": "фрагмент ОПУБЛИКОВАН"}))
    assert "фрагмент опубликован" in page
    assert "Opening" in page
    assert "M1AAAA" not in page


def test_the_audit_trail_of_another_event_is_not_shown(event, foreign, desk, operator_desk):
    operator_desk.post(reverse("events:edit", args=(foreign.pk,)), edit_post(foreign, name_en="Secret plan"))
    assert AuditEntry.objects.filter(event_id_ref=foreign.pk).exists()
    assert "Secret plan" not in text_of(desk.get(reverse("event_audit")))
    assert "Secret plan" not in text_of(desk.get(f"{reverse('event_audit')}?event={foreign.slug}"))


@pytest.mark.parametrize(("part", "model"), [("rooms", Room), ("tracks", Track)])
def test_what_sessions_stand_in_is_not_removed(event, desk, part, model):
    row = model.objects.filter(event=event).first()
    gone = {"id": row.pk, "name_en": row.name_en, "step_free": "", "hue": 1, "DELETE": "on"}
    others = [
        {"id": one.pk, "name_en": one.name_en, "step_free": "", "hue": 1}
        for one in model.objects.filter(event=event).exclude(pk=row.pk)
    ]
    response = desk.post(
        reverse("events:edit", args=(event.pk,)), edit_post(event, **{part: [gone, *others]})
    )
    assert "cannot be removed" in text_of(response)
    assert model.objects.filter(pk=row.pk).exists()


def test_the_last_organiser_cannot_leave(event, organiser, desk):
    role = event.team.get()
    response = desk.post(
        reverse("events:edit", args=(event.pk,)),
        edit_post(event, team=[{"id": role.pk, "person": organiser.pk, "role": "registrar"}]),
    )
    assert "Keep at least one organiser" in text_of(response)
    role.refresh_from_db()
    assert role.role == "organiser"


def test_a_person_is_found_by_whole_e_mail_only(event, desk):
    hidden = PersonFactory(name="Vera Vetrova", email="vera@plenum.example")
    url = reverse("person_chooser:choose_results")
    assert hidden.name in desk.get(url, {"q": "VERA@plenum.example"}).content.decode()
    assert hidden.name in desk.get(url, {"q": "vetrova"}).content.decode()
    assert hidden.name not in desk.get(url, {"q": "plenum.example"}).content.decode()


def test_a_cyrillic_name_is_found_whatever_its_case(event, desk):
    PersonFactory(name="Иванова Мария")
    url = reverse("person_chooser:choose_results")
    assert "Иванова Мария" in desk.get(url, {"q": "иванова"}).content.decode()


def test_a_new_person_is_added_from_the_dialog_and_not_twice(event, desk):
    url = reverse("person_chooser:create")
    first = desk.post(url, {"name": "New One", "email": "new@plenum.example"}).json()
    assert first["step"] == "chosen"
    again = desk.post(url, {"name": "New One", "email": "NEW@plenum.example"}).json()
    assert again["step"] == "reshow_creation_form"
    assert AuditEntry.objects.filter(action="person.created").count() == 1


def test_two_days_that_swap_their_dates_are_refused_with_a_sentence(event, desk):
    first, second, third = event.days.all()
    days = [
        {"id": first.pk, "date": second.date, "opens": "08:00", "closes": "22:00"},
        {"id": second.pk, "date": first.date, "opens": "08:00", "closes": "22:00"},
        {"id": third.pk, "date": third.date, "opens": "08:00", "closes": "22:00"},
    ]
    data = edit_post(event) | rows("days", *days, initial=3)
    response = desk.post(reverse("events:edit", args=(event.pk,)), data)
    assert "could not be saved" in text_of(response)
    first.refresh_from_db()
    assert first.date != second.date
