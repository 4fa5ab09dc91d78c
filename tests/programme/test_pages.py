"""What the public reads of a released programme."""

import datetime as dt
import re

import pytest

from sessions_app.programme.models import SessionMaterial, SessionState
from sessions_app.programme.services.releasing import release_programme
from tests.factories import (
    FIRST_DAY,
    MOSCOW,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_event,
    make_released_event,
)
from tests.programme.addresses import files_of, paths_of

pytestmark = pytest.mark.django_db


def test_every_page_and_file_answers_in_both_languages(client):
    event, _release = make_released_event(sessions=3)
    for path in paths_of(event):
        for prefix in ("/en/", "/ru/"):
            assert client.get(path.replace("/en/", prefix)).status_code == 200, path
    for path in files_of(event):
        assert client.get(path).status_code == 200, path


def test_the_programme_leads_to_the_first_day_outside_of_the_event(client):
    event, _release = make_released_event()
    response = client.get(f"/en/events/{event.slug}/programme/")
    assert response.headers["Location"].endswith(f"/programme/{FIRST_DAY}/")


def test_the_programme_leads_to_today_during_the_event(client, time_machine):
    event, _release = make_released_event()
    second = FIRST_DAY + dt.timedelta(days=1)
    time_machine.move_to(dt.datetime.combine(second, dt.time(12), MOSCOW))
    response = client.get(f"/en/events/{event.slug}/programme/")
    assert response.headers["Location"].endswith(f"/programme/{second}/")


def test_days_that_are_not_adjacent_have_no_day_between_them(client):
    dates = [dt.date(2018, 10, 31), dt.date(2018, 11, 2)]
    event, _release = make_released_event(dates=dates)
    page = client.get(f"/en/events/{event.slug}/programme/{dates[0]}/").content.decode()
    assert "2018-11-02" in page
    assert "2018-11-01" not in page
    assert client.get(f"/en/events/{event.slug}/programme/2018-11-01/").status_code == 404


def test_one_person_is_moderator_on_one_day_and_speaker_on_another(client):
    event = make_event(sessions=1)
    first = event.sessions.get()
    second = SessionFactory(
        event=event, number=50, start=first.start + dt.timedelta(days=1), title_en="Second day"
    )
    person = PersonFactory(name="Elena Example")
    SessionRoleFactory(session=first, person=person, role="moderator", post_en="Director")
    SessionRoleFactory(session=second, person=person, role="speaker", post_en="Adviser")
    release_programme(event=event, actor=None, note="")
    page = client.get(f"/en/events/{event.slug}/people/{person.code}/").content.decode()
    for word in ("Moderator", "Speaker", "Director", "Adviser", first.title_en, "Second day"):
        assert word in page
    session = client.get(f"/en/events/{event.slug}/sessions/{first.code}/").content.decode()
    assert "Director" in session
    assert "Adviser" not in session


def test_filters_narrow_a_day_down_and_live_in_the_address(client):
    event = make_event(sessions=2)
    first, second = event.sessions.order_by("number")
    first.kind = "panel"
    first.save()
    release_programme(event=event, actor=None, note="")
    day = f"/en/events/{event.slug}/programme/{FIRST_DAY}/"
    page = client.get(f"{day}?kind=panel").content.decode()
    assert first.title_en in page
    assert f'data-star="{second.code}"' not in page
    assert "1 of 2 sessions" in page
    by_room = client.get(f"{day}?room={second.room.guid}").content.decode()
    assert f'data-star="{first.code}"' not in by_room
    body = second.roles.get().organisation
    by_body = client.get(f"{day}?organisation={body.code}").content.decode()
    assert f'data-star="{second.code}"' in by_body
    assert f'data-star="{first.code}"' not in by_body


def test_a_filter_that_means_nothing_is_passed_over(client):
    event, _release = make_released_event(sessions=2)
    day = f"/en/events/{event.slug}/programme/{FIRST_DAY}/"
    page = client.get(f"{day}?track=no-such-track&kind=dance&colour=red").content.decode()
    for session in event.sessions.all():
        assert f'data-star="{session.code}"' in page


def test_a_fragment_is_pushed_with_an_address_without_empty_filters(client):
    event, _release = make_released_event(sessions=2)
    day = f"/en/events/{event.slug}/programme/{FIRST_DAY}/"
    response = client.get(f"{day}?track=&kind=lecture&room=", headers={"HX-Request": "true"})
    assert response.headers["HX-Push-Url"] == f"{day}?kind=lecture"


@pytest.mark.parametrize(
    "query", ["производство", "ПРОИЗВОДСТВО", "елки", "Ёлки", "Иванова", "lighthouse", "производ елк"]
)
def test_search_finds_any_letters_in_any_case(client, query):
    event = make_event(sessions=2)
    session = event.sessions.order_by("number").first()
    session.title_ru, session.title_en = "Производство и ёлки", "Making things"
    session.abstract_en = "About a lighthouse."
    session.save()
    SessionRoleFactory(session=session, person=PersonFactory(name="Мария Иванова"))
    release_programme(event=event, actor=None, note="")
    page = client.get(f"/en/events/{event.slug}/programme/search/", {"q": query}).content.decode()
    assert "Making things" in page
    assert event.sessions.order_by("number").last().title_en not in page


def test_a_text_that_falls_back_says_so(client):
    event = make_event()
    session = event.sessions.get()
    session.title_en, session.title_ru, session.abstract_ru = "", "Только по-русски", "Текст"
    session.save()
    release_programme(event=event, actor=None, note="")
    page = client.get(f"/en/events/{event.slug}/sessions/{session.code}/").content.decode()
    assert '<h1 lang="ru">Только по-русски</h1>' in page
    assert "only available in Russian" in page
    own = client.get(f"/ru/events/{event.slug}/sessions/{session.code}/").content.decode()
    assert "<h1>Только по-русски</h1>" in own


def test_the_session_page_tells_where_when_and_how(client):
    event = make_event()
    session = event.sessions.get()
    session.recorded, session.seats, session.language = True, 30, "ru"
    session.stream_url = "https://stream.example/live"
    session.host = OrganisationFactory(name_en="Host Institute")
    session.save()
    session.room.step_free = True
    session.room.save()
    SessionMaterial.objects.create(session=session, title="Slides", url="https://example.org/slides.pdf")
    release_programme(event=event, actor=None, note="")
    page = client.get(f"/en/events/{event.slug}/sessions/{session.code}/").content.decode()
    for word in (
        session.room.name_en,
        "step-free",
        "30 seats",
        "will be recorded",
        "Russian",
        "Host Institute",
        "Slides",
        "https://stream.example/live",
        "Moscow (UTC+3)",
        "application/ld+json",
        f"/events/{event.slug}/sessions/{session.code}.ics",
        "<svg",
    ):
        assert word in page, word


def test_a_cancelled_session_keeps_its_page_and_says_so(client):
    event, _release = make_released_event(sessions=2)
    gone = event.sessions.order_by("number").first()
    gone.state = SessionState.WITHDRAWN
    gone.save()
    release_programme(event=event, actor=None, note="One less")
    page = client.get(f"/en/events/{event.slug}/sessions/{gone.code}/")
    assert page.status_code == 200
    assert "cancelled" in page.content.decode()
    assert gone.code not in client.get(f"/en/events/{event.slug}/programme/{FIRST_DAY}/").content.decode()


def test_changes_are_told_in_words_and_old_releases_stay_readable(client):
    event, _release = make_released_event(sessions=2)
    moved, renamed = event.sessions.order_by("number")
    moved.start += dt.timedelta(hours=2)
    moved.end += dt.timedelta(hours=2)
    moved.save()
    renamed.title_en = "A new name"
    renamed.save()
    release_programme(event=event, actor=None, note="Lunch moved")
    page = client.get(f"/en/events/{event.slug}/changes/").content.decode()
    for word in ("Lunch moved", "09:00–09:10", "11:00–11:10", "title", "A new name", "First release"):
        assert word in page, word
    old = client.get(f"/en/events/{event.slug}/changes/1/").content.decode()
    assert "older state" in old
    assert "A new name" not in old.partition("whole programme of this release")[2]
    assert client.get(f"/en/events/{event.slug}/changes/3/").status_code == 404
    assert client.get(f"/en/events/{event.slug}/changes/99999999999999999999/").status_code == 404


def test_the_note_of_a_release_is_in_the_readers_language_or_says_whose_it_is(client):
    event, _release = make_released_event(sessions=1)
    SessionFactory(event=event, number=90)
    both = {"en": "One more lecture", "ru": "Ещё одна лекция"}
    release_programme(event=event, actor=None, note=both)
    for path in ("changes/", "changes/2/", ""):
        english, russian = (
            client.get(f"/{code}/events/{event.slug}/{path}").content.decode() for code in ("en", "ru")
        )
        assert both["en"] in english, path
        assert both["ru"] not in english, path
        assert both["ru"] in russian, path
        assert both["en"] not in russian, path
    assert re.search(
        r'lang="en">First release<', client.get(f"/ru/events/{event.slug}/changes/").content.decode()
    )


def test_the_printed_day_carries_release_and_time(client):
    event, release = make_released_event(sessions=2)
    page = client.get(f"/en/events/{event.slug}/programme/{FIRST_DAY}/?print=1").content.decode()
    assert f"Release {release.number} of" in page
    assert "Moscow (UTC+3)" in page


def test_each_reader_finds_her_own_letters_first(client):
    event = make_event()
    session = event.sessions.get()
    for name in ("Zoë Adler", "Анна Белова", "Яна Юсупова"):
        SessionRoleFactory(session=session, person=PersonFactory(name=name, name_latin=""))
    session.roles.exclude(person__name__in=["Zoë Adler", "Анна Белова", "Яна Юсупова"]).delete()
    release_programme(event=event, actor=None, note="")
    order = {
        code: re.findall(
            "<bdi>(Zoë|Анна|Яна)", client.get(f"/{code}/events/{event.slug}/people/").content.decode()
        )
        for code in ("en", "ru")
    }
    assert order == {"en": ["Zoë", "Анна", "Яна"], "ru": ["Анна", "Яна", "Zoë"]}


def test_calendars_of_the_track_and_the_room_are_offered_where_they_are_read_of(client):
    event, _release = make_released_event()
    session = event.sessions.get()
    feed = f"/events/{event.slug}/schedule.ics"
    wider = [f"{feed}?track={session.track.slug}", f"{feed}?room={session.room.guid}", feed]

    def offered(path):
        html = client.get(path).content.decode()
        return re.findall(r'href="webcal://[^/"]*([^"]*)"', html.replace("&amp;", "&"))

    assert offered(f"/en/events/{event.slug}/sessions/{session.code}/") == wider
    day = f"/en/events/{event.slug}/programme/{FIRST_DAY}/"
    assert offered(f"{day}?track={session.track.slug}&room={session.room.guid}")[1:] == wider
    assert offered(f"{day}?track=nowhere")[1:] == [feed]
    for address in wider:
        assert session.title_en in client.get(address).content.decode()
