"""What the demo tells: facts as reported, everything else marked, and programmes that can be used."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db import transaction
from django.utils import timezone

from cms.demo import loading
from cms.demo.content import EVENTS, FORUM, LANGUAGES, read, read_event, texts
from cms.models import EventFrontPage, NewsPage, StandardPage
from network.localised import localised
from network.models import Organisation, Person
from sessions_app.events.models import Event, TeamRole
from sessions_app.programme.exports import export
from sessions_app.programme.models import Release, Session, SessionRole, Star
from sessions_app.programme.queries import draft_clashes, released_schedule, schedule_of
from sessions_app.programme.schedule.clashes import ClashKind
from tests.programme.schedule.formats import schemas

NOW = timezone.now()
MEANT_TO_BE_IN_ONE_LANGUAGE = {"cluster-mapping": "en", "students": "ru"}


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """Load the demo once for the tests of this file."""
    with django_db_blocker.unblock(), transaction.atomic():
        loading.load_demo(now=NOW)
        yield
        transaction.set_rollback(True)


pytestmark = pytest.mark.django_db


def event(slug: str) -> Event:
    return Event.objects.get(slug=slug)


def key_of(session: Session) -> str:
    return read_event(session.event.slug).sessions[session.number - 1].key


def test_every_session_says_that_it_is_an_example_or_what_of_it_is() -> None:
    for session in Session.objects.all():
        assert "example" in session.description_en.casefold(), session
        assert "пример" in session.description_ru.casefold(), session


def test_invented_people_come_from_organisations_marked_as_examples() -> None:
    reported = {item["name"] for item in read("people.toml")["reported"].values()}
    for role in SessionRole.objects.select_related("person", "organisation"):
        is_marked = "(example)" in role.organisation.name_en and "(пример)" in role.organisation.name_ru
        assert is_marked != (role.person.name in reported), role


def test_reported_people_appear_only_where_reports_name_them() -> None:
    found = {
        (key_of(role.session), role.role, role.person.name_latin)
        for role in SessionRole.objects.select_related("person", "session__event")
        if "(example)" not in role.organisation.name_en
    }
    assert found == {
        ("opening", "speaker", "Leonid Gokhberg"),
        ("plenary-digital", "moderator", "Alexey Gusev"),
        ("plenary-digital", "speaker", "Mikhail Antonov"),
        ("plenary-digital", "speaker", "Artem Shadrin"),
        ("plenary-digital", "speaker", "Sergey Abdykerov"),
        ("plenary-digital", "speaker", "Alexander Zorin"),
        ("plenary-digital", "speaker", "Vladimir Korovkin"),
        ("plenary-digital", "speaker", "Sergey Kortov"),
        ("press", "speaker", "Evgeniy Kutsenko"),
    }


def test_somebody_is_moderator_on_one_day_and_speaker_on_another() -> None:
    roles = SessionRole.objects.filter(session__event__slug=EVENTS[0], person__name_latin="Irina Sedova")
    found = {(role.session.start.day, role.role) for role in roles.select_related("session")}
    assert found == {(25, "moderator"), (26, "speaker")}


def test_events_tell_the_public_what_is_invented() -> None:
    for slug in EVENTS:
        assert "invented" in event(slug).note_en
        assert "придума" in event(slug).note_ru


def test_addresses_of_mail_lead_nowhere() -> None:
    addresses = [
        *Person.objects.exclude(email=None).values_list("email", flat=True),
        *Event.objects.values_list("contact_email", flat=True),
    ]
    assert len(addresses) > 400
    assert all(address.endswith(".example") for address in addresses)


def test_texts_are_there_in_both_languages() -> None:
    for session in Session.objects.select_related("event"):
        only = MEANT_TO_BE_IN_ONE_LANGUAGE.get(key_of(session))
        wanted = {only} if only else set(LANGUAGES)
        assert set(localised(session, "title")) == wanted, session
        assert set(localised(session, "abstract")) in (wanted, set()), session
    for row in (*Event.objects.all(), *Organisation.objects.all()):
        assert set(localised(row, "name")) == set(LANGUAGES), row


def test_russian_texts_are_russian_and_english_ones_english() -> None:
    cyrillic = set("абвгдежзийклмнопрстуфхцчшщъыьэюя")
    for session in Session.objects.all():
        for field in ("title", "abstract", "description"):
            found = localised(session, field)
            assert not cyrillic & set(found.get("en", "").casefold()), session
            assert "ru" not in found or cyrillic & set(found["ru"].casefold()), session


def test_the_strategic_session_can_be_held() -> None:
    strategic = event("strategic-session-2018")
    dates = [day.date for day in strategic.days.all()]
    assert dates == [dt.date(2018, 7, day) for day in (25, 26, 27, 28)]
    assert [tie.organisation.short_name_en for tie in strategic.organisers.all()] == [
        "Ministry of Economic Development",
        "RVC",
        "HSE University",
    ]
    assert 55 <= strategic.sessions.count() <= 75
    assert draft_clashes(strategic) == []


def test_kazan_has_two_days_that_are_not_adjacent() -> None:
    kazan = event("partnership-kazan-2018")
    assert [day.date for day in kazan.days.all()] == [dt.date(2018, 10, 31), dt.date(2018, 11, 2)]
    assert draft_clashes(kazan) == []


def test_something_is_on_at_the_forum_from_nine_to_eight_today() -> None:
    forum = event(FORUM)
    schedule = released_schedule(forum)
    assert schedule is not None
    moment = NOW.astimezone(forum.zone).replace(hour=9, minute=0, second=0, microsecond=0)
    while moment.hour < 20:
        assert any(item.start <= moment < item.end for item in schedule.sessions), moment
        moment += dt.timedelta(minutes=5)


def test_the_forum_has_changes_to_show_and_a_clash_to_solve() -> None:
    releases = list(Release.objects.filter(event__slug=FORUM).order_by("number"))
    assert [release.number for release in releases] == [1, 2, 3]
    first, second, third = (release.changes for release in releases)
    assert second != first
    assert third != second
    assert [item.number for item in schedule_of(releases[2]).removed] == [
        session.number for session in read_event(FORUM).sessions if session.key == "predictive"
    ]
    assert [clash.kind for clash in draft_clashes(event(FORUM))] == [ClashKind.ROOM_DOUBLE_BOOKED]


@pytest.mark.parametrize("slug", EVENTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_released_programmes_export_valid(slug: str, language: str, shared_data: Path) -> None:
    schedule = released_schedule(event(slug))
    assert schedule is not None
    assert schemas.xml_errors(export(schedule, "xml", language=language)) == []
    assert schemas.json_errors(export(schedule, "json", language=language)) == []


def test_clusters_are_those_of_the_pilot_programme(shared_data: Path) -> None:
    with (shared_data / "demo" / "pilot-clusters.csv").open(encoding="utf-8") as file:
        wanted = {
            (row["name"], row["centre"], row["regions"].split(";")[0], float(row["lat"]), float(row["lon"]))
            for row in csv.DictReader(file)
        }
    clusters = Organisation.objects.filter(kind="cluster").exclude(name_en__contains="(example)")
    typeset = str.maketrans("“”", '""')
    assert {
        (row.name_en.translate(typeset), row.city_en, row.region, row.latitude, row.longitude)
        for row in clusters
    } == wanted


def test_one_log_in_per_role_works() -> None:
    password = read("logins.toml")["password"]
    for item in read("logins.toml")["login"]:
        person = authenticate(None, username=item["email"], password=password)
        assert person is not None, item["email"]
        assert EmailAddress.objects.get(user=person).verified
    roles = set(TeamRole.objects.filter(event__slug=FORUM).values_list("role", flat=True))
    roles |= set(TeamRole.objects.filter(event__slug=EVENTS[0]).values_list("role", flat=True))
    assert len(roles) == 7
    assert Star.objects.filter(person__email="attendee@plenum.example").count() == 8


def test_pages_stand_side_by_side_in_both_languages() -> None:
    assert EventFrontPage.objects.live().count() == 2 * len(EVENTS)
    assert StandardPage.objects.live().filter(slug="about").exists()
    by_language = {
        code: NewsPage.objects.live().filter(locale__language_code=code).count() for code in LANGUAGES
    }
    assert by_language == {"en": 5, "ru": 6}
    for page in NewsPage.objects.live():
        assert page.lead.startswith(("Example.", "Пример.")), page
        assert page.slug.isascii()


def test_an_untouched_forum_follows_today() -> None:
    later = NOW + dt.timedelta(days=30)
    assert not loading.forum_is_over(now=NOW)
    assert loading.forum_is_over(now=later)
    assert not loading.forum_was_changed()
    codes = set(Session.objects.filter(event__slug=FORUM).values_list("code", flat=True))
    loading.bring_forum_to_today(now=later)
    assert not loading.forum_is_over(now=later)
    assert set(Session.objects.filter(event__slug=FORUM).values_list("code", flat=True)) == codes
    assert Star.objects.filter(person__email="attendee@plenum.example").count() == 8
    assert not loading.forum_was_changed()


def test_a_forum_that_was_worked_on_is_left_alone() -> None:
    session = Session.objects.filter(event__slug=FORUM).first()
    session.title_en = "Changed"
    session.save()
    assert loading.forum_was_changed()


def test_a_forum_that_lost_a_room_is_left_alone() -> None:
    event(FORUM).rooms.filter(name_en="Studio").delete()
    assert loading.forum_was_changed()


def test_pairs_become_texts_without_empty_ones() -> None:
    assert texts(["One", ""]) == {"en": "One"}
    assert texts(["One", "Один"]) == {"en": "One", "ru": "Один"}
    assert texts(None) == {}
