"""What organisers and the public rely on when a programme is released."""

import datetime as dt

import pytest

from network.models import AuditEntry
from sessions_app.programme.models import Release, Session, SessionMaterial, SessionState
from sessions_app.programme.queries import (
    draft_schedule,
    forget_decoded,
    latest_release,
    released_schedule,
    unreleased_changes,
)
from sessions_app.programme.services.releasing import (
    ClashesBlockRelease,
    NothingToRelease,
    release_programme,
    restore_release,
)
from tests.factories import SessionFactory, make_event, make_released_event

pytestmark = pytest.mark.django_db


def test_release_publishes_the_ready_sessions_only():
    event = make_event(sessions=2)
    SessionFactory(event=event, state=SessionState.DRAFT, title_en="Secret")
    release_programme(event=event, actor=None, note="First")
    titles = {session.title["en"] for session in released_schedule(event).sessions}
    assert len(titles) == 2
    assert "Secret" not in titles


def test_nothing_is_public_before_the_first_release():
    assert released_schedule(make_event()) is None


def test_edits_after_a_release_stay_hidden_until_the_next():
    event, _ = make_released_event()
    Session.objects.filter(event=event).update(title_en="Renamed")
    assert released_schedule(event).sessions[0].title["en"] != "Renamed"
    assert not unreleased_changes(event).is_empty
    release_programme(event=event, actor=None, note="Second")
    assert released_schedule(event).sessions[0].title["en"] == "Renamed"


def test_releasing_the_same_twice_is_refused():
    event, _ = make_released_event()
    with pytest.raises(NothingToRelease):
        release_programme(event=event, actor=None, note="Again")
    assert latest_release(event).number == 1


def test_an_empty_programme_is_not_released():
    with pytest.raises(NothingToRelease):
        release_programme(event=make_event(sessions=0), actor=None, note="")


def test_a_room_taken_twice_blocks_until_a_reason_is_given():
    event = make_event(sessions=1)
    first = event.sessions.get()
    SessionFactory(event=event, room=first.room, start=first.start, end=first.end)
    with pytest.raises(ClashesBlockRelease) as refused:
        release_programme(event=event, actor=None, note="")
    assert len(refused.value.clashes) == 1
    assert not Release.objects.exists()
    release = release_programme(event=event, actor=None, note="", override_reason="Folding wall")
    assert release.override_reason == "Folding wall"
    assert AuditEntry.objects.get(action="programme.released").reason == "Folding wall"


def test_sequence_rises_only_for_what_changed():
    event, _ = make_released_event(sessions=2)
    moved, kept = event.sessions.order_by("number")
    moved.end += dt.timedelta(minutes=30)
    moved.room = None
    moved.save()
    release_programme(event=event, actor=None, note="Longer")
    by_guid = {session.guid: session.sequence for session in released_schedule(event).sessions}
    assert by_guid[moved.guid] == 2
    assert by_guid[kept.guid] == 1


def test_a_withdrawn_session_is_kept_for_calendars_as_removed():
    event, _ = make_released_event(sessions=2)
    gone = event.sessions.first()
    gone.state = SessionState.WITHDRAWN
    gone.save()
    release_programme(event=event, actor=None, note="One less")
    schedule = released_schedule(event)
    assert [session.guid for session in schedule.removed] == [gone.guid]
    assert len(schedule.sessions) == 1


def test_restoring_makes_the_working_programme_what_the_release_holds():
    event, first = make_released_event(sessions=2)
    before = released_schedule(event)
    changed, withdrawn = event.sessions.order_by("number")
    changed.title_en, changed.room = "Other", None
    changed.save()
    changed.roles.all().delete()
    withdrawn.state = SessionState.WITHDRAWN
    withdrawn.save()
    SessionFactory(event=event, room=None)
    release_programme(event=event, actor=None, note="Second")
    restore_release(release=first, actor=None)
    restored = draft_schedule(event)

    def content(schedule):
        return {
            session.guid: (session.title, session.room, session.start, session.credits)
            for session in schedule.sessions
        }

    assert content(restored) == content(before)
    assert latest_release(event).number == 2


def test_a_release_never_changes():
    _, release = make_released_event()
    release.note = "Rewritten"
    with pytest.raises(TypeError):
        release.save()


def test_a_site_that_has_moved_leads_to_its_own_files(settings):
    event = make_event()
    session = event.sessions.get()
    SessionMaterial.objects.create(session=session, title_en="Slides", file="materials/x.pdf")
    SessionMaterial.objects.create(
        session=session, title_en="Elsewhere", url="https://elsewhere.example/files/materials/1/"
    )
    release_programme(event=event, actor=None, note="")
    settings.BASE_URL = "https://new.example"
    forget_decoded()
    schedule = released_schedule(event)
    own, other = sorted(link.url for link in schedule.sessions[0].links)[::-1]
    assert schedule.url == f"https://new.example/events/{event.slug}/"
    assert own.startswith("https://new.example/files/materials/")
    assert other == "https://elsewhere.example/files/materials/1/"
    assert unreleased_changes(event).is_empty
