"""The dashboard: what needs somebody, how registrations came, how full it is."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.models import OutboxMessage, OutboxState
from sessions_app.registration import board
from sessions_app.registration.charts import Series, scale, stacked
from sessions_app.registration.models import Entry, Quota, Registration
from sessions_app.registration.signals import board_panels_asked
from tests.factories import (
    SessionFactory,
    make_category,
    make_open_event,
    make_registration,
    make_team_member,
)


def test_an_axis_ends_on_a_round_number():
    assert [scale(n) for n in (0, 1, 4, 7, 9, 21, 400, 50_000)] == [
        (1, 1), (1, 1), (1, 4), (2, 8), (5, 10), (10, 30), (100, 400), (20_000, 60_000),
    ]  # fmt: skip


def test_bars_stand_upon_each_other_and_within_the_drawing():
    chart = stacked(["1", "2"], [Series("a", 1, [1, 2]), Series("b", 2, [3, 0])])
    assert [piece.text for piece in chart.pieces] == ["1, a: 1", "1, b: 3", "2, a: 2"]
    lower, upper, _other = chart.pieces
    assert float(upper.y) + float(upper.height) == pytest.approx(float(lower.y), abs=0.2)
    assert min(float(piece.y) for piece in chart.pieces) >= 0
    assert not stacked([], []).pieces


@pytest.mark.django_db
def test_days_are_the_events_own_and_long_spans_are_put_together():
    event, category = make_open_event()  # Moscow: three hours ahead
    for text in ("2026-05-01T20:59+00:00", "2026-05-01T21:01+00:00", "2026-05-03T12:00+00:00"):
        row = make_registration(event, category)
        Registration.objects.filter(pk=row.pk).update(submitted_at=dt.datetime.fromisoformat(text))
    found = board.by_day(event)
    assert (found.starts[0], found.days, found.rows) == (dt.date(2026, 5, 1), 1, [(category, [1, 1, 1])])
    Registration.objects.filter(pk=row.pk).update(submitted_at=dt.datetime(2026, 7, 30, tzinfo=dt.UTC))
    found = board.by_day(event)
    assert (found.days, len(found.starts) <= board.MOST_BARS, sum(found.rows[0][1])) == (3, True, 3)


@pytest.mark.django_db
def test_what_needs_somebody_leads_there(client):
    event, category = make_open_event(places=1)
    approval = make_category(event, entry=Entry.APPROVAL)
    client.force_login(make_team_member(event, "registrar"))
    address = f"/admin/registration/{event.slug}/"
    assert [need.label for need in client.get(address).context["needs"]] == []
    confirmed = make_registration(event, category)
    for _n in range(2):
        make_registration(event, approval)
    OutboxMessage.objects.filter(key__startswith=f"registration:{confirmed.pk}:").update(
        state=OutboxState.FAILED
    )
    page = client.get(address)
    needs = page.context["needs"]
    assert [(need.count, need.label) for need in needs] == [
        (2, "wait for approval"),
        (1, "person was not reached by mail"),
        (1, "quota is nearly full"),
    ]
    listed = client.get(needs[1].url).context["rows"]
    assert [row.code for row, _state in listed] == [confirmed.code]
    text = page.content.decode()
    main = text[text.index("rg-board") :]
    assert "<svg" in main
    assert not re.search(r"<[^>]+ style=", main)


@pytest.mark.django_db
def test_seats_of_sessions_show_the_fullest_first(client):
    event, _category = make_open_event()
    for title, size, taken in (("Half", 10, 5), ("Full", 4, 4)):
        session = SessionFactory(event=event, title_en=title, title_ru=title)
        Quota.objects.create(event=event, name_en=title, size=size, taken=taken, session=session)
    SessionFactory(event=event, title_en="Empty", title_ru="Empty", seats=7)
    SessionFactory(event=event, seats=7, state="withdrawn")
    assert [(quota.taken, quota.size) for quota in board.room_load(event)] == [(4, 4), (5, 10), (0, 7)]
    client.force_login(make_team_member(event, "registrar"))
    page = client.get(f"/admin/registration/{event.slug}/").content.decode()
    assert "5 of 10" in page
    assert "0 of 7" in page


@pytest.mark.django_db
def test_floors_above_add_panels_in_their_order(client):
    event, _category = make_open_event()

    def late(event, **_more):
        return board.Panel("Late", "backoffice/registration/desk_load.html", order=9)

    def early(event, **_more):
        return board.Panel("Early", "backoffice/registration/desk_load.html", order=1)

    def none(**_more):
        return None

    for receiver in (late, early, none):
        board_panels_asked.connect(receiver)
    try:
        client.force_login(make_team_member(event, "registrar"))
        text = client.get(f"/admin/registration/{event.slug}/").content.decode()
    finally:
        for receiver in (late, early, none):
            board_panels_asked.disconnect(receiver)
    assert 0 < text.index("Early</h2>") < text.index("Late</h2>")


@pytest.mark.django_db
def test_the_dashboard_costs_the_same_for_one_and_for_three(client):
    event, category = make_open_event()
    client.force_login(make_team_member(event, "registrar"))

    def queries():
        with CaptureQueriesContext(connection) as found:
            client.get(f"/admin/registration/{event.slug}/")
        return len(found)

    make_registration(event, category)
    queries()
    one = queries()
    for _n in range(2):
        make_registration(event, make_category(event, places=5))
    assert queries() == one


@pytest.mark.django_db
def test_those_who_wait_longest_for_approval_stand_first(client):
    event, _category = make_open_event()
    approval = make_category(event, entry=Entry.APPROVAL)
    rows = [make_registration(event, approval, name=f"Waiting {number}") for number in range(8)]
    Registration.objects.filter(pk=rows[7].pk).update(submitted_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    client.force_login(make_team_member(event, "registrar"))
    page = client.get(f"/admin/registration/{event.slug}/")
    assert [row.name for row in page.context["queue"]][:2] == ["Waiting 7", "Waiting 0"]
    assert len(page.context["queue"]) == board.SHOWN_QUEUE
    assert "All 8 who wait" in page.content.decode()
