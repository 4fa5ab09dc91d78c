"""The team's pages of admission: gates, rules in words, tickets, scans, print jobs."""

import datetime as dt
import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from network.delivery import deliver_due
from network.models import AuditEntry
from sessions_app.admission.backoffice.doors import arrivals_of_day, chosen_day
from sessions_app.admission.backoffice.words import rule_in_words
from sessions_app.admission.models import Gate, PaperFile, PaperJob, PaperKind, Rule, Scan, SigningKey
from sessions_app.admission.queries import forget_rules, valid_ticket
from sessions_app.admission.services import gates, papers, ticketing
from sessions_app.admission.services.redeeming import Attempt, redeem, redeem_all
from sessions_app.admission.services.ticketing import code_of
from sessions_app.registration.errors import WrongState
from tests.factories import (
    SessionFactory,
    make_category,
    make_open_event,
    make_registration,
    make_team_member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def event():
    return make_open_event()[0]


@pytest.fixture
def category(event):
    return event.categories.get()


@pytest.fixture
def organiser(event, client):
    person = make_team_member(event, "organiser")
    client.force_login(person)
    return person


def url(event, more=""):
    return f"/admin/admission/{event.slug}/{more}"


def test_gates_are_made_renamed_moved_and_deleted(client, event, organiser):
    for name in ("Main door", "Back door"):
        assert client.post(url(event, "gates/new/"), {"name_en": name}).status_code == 302
    first, second = Gate.objects.filter(event=event)
    assert (first.slug, second.slug) == ("main-door", "back-door")
    client.post(url(event, f"gates/{second.pk}/move/"), {"step": "up"})
    assert list(Gate.objects.filter(event=event)) == [second, first]
    client.post(url(event, f"gates/{first.pk}/"), {"name_en": "Hall A"})
    first.refresh_from_db()
    assert (first.name, first.slug) == ("Hall A", "main-door")
    assert "Hall A" in client.get(url(event, "gates/")).content.decode()
    client.post(url(event, f"gates/{first.pk}/delete/"))
    assert not Gate.objects.filter(pk=first.pk).exists()
    actions = set(AuditEntry.objects.filter(event_id_ref=event.pk).values_list("action", flat=True))
    assert {"gate.created", "gate.changed", "gate.moved", "gate.deleted"} <= actions


def test_a_gate_without_a_name_is_refused_and_what_was_typed_stays(client, event, organiser):
    answer = client.post(url(event, "gates/new/"), {"name_en": "", "name_ru": ""})
    assert answer.status_code == 422
    assert not Gate.objects.exists()


def test_a_rule_is_said_in_words(client, event, category, organiser):
    gate = gates.save_gate(gate=Gate(event=event, name_en="Hall B"), actor=None)
    day = event.days.first()
    data = {
        "categories": [category.pk], "gate": gate.pk, "day": day.pk, "opens": "09:00", "closes": "18:00",
        "mode": "daily", "checks_document": "on",
    }  # fmt: skip
    assert client.post(url(event, "rules/new/"), data).status_code == 302
    rule = Rule.objects.get()
    said = rule_in_words(rule)
    for part in (str(category), "once a day", "Hall B", str(day.date.day), "09:00", "18:00", "document"):
        assert part in said
    assert said in client.get(url(event, "rules/")).content.decode()
    change = AuditEntry.objects.get(action="admission_rule.created").changes
    assert change["categories"][1] == [str(category)]


def test_things_of_another_event_are_no_part_of_a_rule(client, event, organiser):
    other, theirs = make_open_event()
    gate = gates.save_gate(gate=Gate(event=other, name_en="Theirs"), actor=None)
    data = {"categories": [theirs.pk], "gate": gate.pk, "mode": "once"}
    assert client.post(url(event, "rules/new/"), data).status_code == 422
    assert client.get(url(event, f"gates/{gate.pk}/")).status_code == 404
    assert client.post(url(event, f"gates/{gate.pk}/delete/")).status_code == 404
    with pytest.raises(WrongState):
        gates.save_rule(rule=Rule(event=event, gate=gate), categories=[], actor=None)


def test_tickets_are_blocked_let_go_and_replaced_with_a_reason(client, event, category, organiser):
    registration = make_registration(event, category)
    page = url(event, f"tickets/{registration.code}/")
    assert client.post(page, {"step": "block", "reason": " "}).status_code == 422
    client.post(page, {"step": "block", "reason": "Ask at the desk"})
    assert valid_ticket(registration).blocked_reason == "Ask at the desk"
    assert "Ask at the desk" in client.get(page).content.decode()
    client.post(page, {"step": "unblock"})
    assert valid_ticket(registration).blocked_reason == ""
    client.post(page, {"step": "replace", "reason": "Lost"})
    assert valid_ticket(registration).serial == 2
    assert client.post(page, {"step": "burn"}).status_code == 404
    other, theirs = make_open_event()
    assert client.get(url(event, f"tickets/{make_registration(other, theirs).code}/")).status_code == 404


def test_the_key_is_rotated_at_the_second_press(client, event, category, organiser):
    make_registration(event, category)
    client.get(url(event, "key/"))
    assert SigningKey.objects.filter(event=event).count() == 1
    client.post(url(event, "key/"))
    assert SigningKey.objects.get(event=event, retired_at=None).number == 2


def scan(event, registration, nonce, *, at=None, offline=False):
    attempt = Attempt(code_of(valid_ticket(registration)), nonce, None, at or timezone.now(), offline=offline)
    return redeem(event=event, attempt=attempt, by=None)


def test_flagged_scans_stand_first_and_are_taken_back(client, event, category, organiser):
    twice, once = (make_registration(event, category, name=name) for name in ("Twice Twice", "Once Once"))
    ago = timezone.now() - dt.timedelta(hours=1)
    redeem_all(
        event=event,
        attempts=[
            Attempt(code_of(valid_ticket(twice)), f"n{n}", None, ago + dt.timedelta(minutes=n), offline=True)
            for n in range(2)
        ],
        by=None,
    )
    scan(event, once, "n2")
    text = client.get(url(event, "scans/")).content.decode()
    assert text.index("Twice Twice") < text.index("Once Once")
    flagged = Scan.objects.get(is_flagged=True)
    client.post(url(event, f"scans/{flagged.pk}/undo/"))
    flagged.refresh_from_db()
    assert flagged.undone_at is not None
    assert client.post(url(make_open_event()[0], f"scans/{flagged.pk}/undo/")).status_code == 404


def test_whom_a_door_let_in_all_the_same_stands_first_with_the_reason(client, event, category, organiser):
    guest, late = (make_registration(event, category, name=name) for name in ("Gil Guest", "Lou Late"))
    gate = gates.save_gate(gate=Gate(event=event, name_en="Hall B"), actor=None)
    Rule.objects.create(event=event, gate=gate)
    forget_rules(event.pk)
    scan(event, guest, "n1", offline=True)
    ticketing.block_ticket(ticket=valid_ticket(late), actor=None, reason="Ask at the desk")
    scan(event, late, "n2", offline=True)
    text = client.get(url(event, "scans/")).content.decode()
    assert "let in all the same: not here or not now</b>: Another gate lets this ticket in" in text
    assert "let in all the same: blocked</b>: Ask at the desk" in text
    assert text.count("Take back") == 2
    assert "2 guests were let in without a network whom the server would have stopped" in (
        client.get(url(event)).content.decode()
    )


def test_a_rule_may_need_a_seat_before_anybody_has_one(client, event, category, organiser):
    session = SessionFactory(event=event, title_en="Workshop", seats=12)
    SessionFactory(event=event, title_en="Plenary")
    page = client.get(url(event, "rules/new/")).content.decode()
    assert "Workshop" in page
    assert "Plenary" not in page
    assert client.post(url(event, "rules/new/"), {"session": session.pk, "mode": "once"}).status_code == 302
    assert Rule.objects.get().session == session


def test_many_scans_cost_no_more_queries(client, event, category, organiser):
    counts = []
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for total in (1, 2):
        for number in range(total):
            scan(event, make_registration(event, category), f"{total}-{number}")
        client.get(url(event, "scans/"))
        with CaptureQueriesContext(
            connection,
        ) as captured:
            client.get(url(event, "scans/"))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_arrivals_of_a_day_by_quarter_of_an_hour_in_the_events_time(event, category, client, organiser):
    start = dt.datetime.combine(timezone.localdate(timezone=event.zone), dt.time(0, 1), event.zone)
    for number in range(3):
        scan(event, make_registration(event, category), f"n{number}", at=start)
    day = arrivals_of_day(event, start.date())
    assert day["rows"] == [("00:00", [3], 3)]
    assert client.get(url(event)).status_code == 200
    days = [one.date for one in event.days.all()]
    assert chosen_day(days, "", days[0] - dt.timedelta(days=9)) == days[0]
    assert chosen_day(days, "", days[1] + dt.timedelta(days=9)) == days[1]
    assert chosen_day(days, str(days[0]), days[1]) == days[0]
    assert chosen_day([], "x", days[0]) is None


def pages(file):
    with file.content.open("rb") as opened:
        return len(PdfReader(io.BytesIO(opened.read())).pages)


def test_badges_of_one_of_some_and_of_all(client, event, category, organiser, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    press = make_category(event, slug="press")
    one = make_registration(event, press, name="Пётр Петров")
    make_registration(event, category)
    for data, count in (({}, 2), ({"category": "press"}, 1), ({"q": "Петров"}, 1), ({"code": one.code}, 1)):
        answer = client.post(url(event, "paper/"), {"kind": "badges", **data})
        job = PaperJob.objects.first()
        assert answer.url == url(event, f"paper/{job.pk}/")
        assert job.total == count
        assert pages(job.files.get()) == 2 * count
    file = client.get(url(event, f"paper/{job.pk}/1.pdf"))
    assert file.content.startswith(b"%PDF")
    assert "no-store" in file["Cache-Control"]
    assert client.post(url(event, "paper/"), {"kind": "badges", "q": "nobody"}).status_code == 422
    client.force_login(make_team_member(make_open_event()[0], "organiser"))
    assert client.get(url(event, f"paper/{job.pk}/1.pdf")).status_code == 404
    client.force_login(make_team_member(event, "door_steward"))
    assert client.get(url(event, f"paper/{job.pk}/1.pdf")).status_code == 404


def test_many_are_printed_behind_the_page_in_parts(
    event, category, organiser, settings, tmp_path, monkeypatch
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(papers, "AT_ONCE", 1)
    monkeypatch.setattr(papers, "PART", 2)
    ids = [make_registration(event, category).pk for _ in range(3)]
    job = papers.begin_paper(event=event, actor=organiser, kind=PaperKind.TENTS, ids=ids)
    assert not job.files.exists()
    deliver_due()
    job.refresh_from_db()
    assert job.finished_at is not None
    assert [(file.people, pages(file)) for file in job.files.all()] == [(2, 2), (1, 1)]
    papers.run_paper(job.pk)  # once more does no harm
    assert job.files.count() == 2


def test_after_a_day_nothing_is_left(event, category, organiser, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    ids = [make_registration(event, category).pk]
    job = papers.begin_paper(event=event, actor=organiser, kind=PaperKind.DOOR, ids=ids)
    papers.run_paper(job.pk)
    assert papers.delete_old_paper() == 0
    assert papers.delete_old_paper(now=timezone.now() + dt.timedelta(days=1, minutes=1)) == 1
    assert not PaperFile.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_the_registrars_dashboard_shows_the_arrivals_of_a_day_that_has_begun(client):
    event, _category = make_open_event()
    client.force_login(make_team_member(event, "registrar"))
    address = f"/admin/registration/{event.slug}/"
    assert "Arrivals per quarter of an hour" not in client.get(address).content.decode()
    for day in event.days.all():
        day.date -= dt.timedelta(days=30)
        day.save()
    shown = client.get(address)
    assert "backoffice/admission/panel.html" in {template.name for template in shown.templates}


@pytest.mark.parametrize(("role", "page"), [("organiser", "scans/"), ("registrar", "")])
def test_the_dashboard_says_that_somebody_was_let_in_by_mistake(client, event, category, role, page):
    client.force_login(make_team_member(event, role))
    address = f"/admin/registration/{event.slug}/"
    guest = make_registration(event, category)
    scan(event, guest, "n1", offline=True)
    assert client.get(address).context["needs"] == []
    scan(event, guest, "n2", offline=True)
    (need,) = client.get(address).context["needs"]
    assert (need.count, need.label, need.url) == (1, "guest was let in by mistake", url(event, page))
    assert client.get(need.url).status_code == 200
