"""The door's page without a script, what makes it an application, and what its worker may keep."""

import gzip
import io
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from network.models import AuditEntry
from sessions_app.admission.models import Gate, Scan
from sessions_app.admission.models import Rule as RuleRow
from sessions_app.admission.queries import forget_rules, valid_ticket
from sessions_app.admission.services.ticketing import block_ticket, code_of
from tests.factories import PersonFactory, make_open_event, make_registration, make_team_member

pytestmark = pytest.mark.django_db
BUDGET = 130 * 1000


@pytest.fixture
def door(client):
    event, category = make_open_event()
    Gate.objects.create(event=event, slug="main", name_en="Gate 1")
    Gate.objects.create(event=event, slug="side", name_en="Gate 2")
    registration = make_registration(event, category, name="Анна Иванова")
    client.force_login(make_team_member(event, "door_steward"))
    forget_rules(event.pk)
    return event, registration


def post(client, event, **form):
    return client.post(f"/en/door/{event.slug}/", {"gate": "main", **form})


def test_only_who_keeps_the_door_finds_it(client, door):
    event, _registration = door
    for address in (f"/en/door/{event.slug}/", f"/en/door/{event.slug}/manifest.webmanifest"):
        assert client.get(address).status_code == 200
        stranger = Client()
        assert stranger.get(address).status_code == 302
        stranger.force_login(PersonFactory())
        assert stranger.get(address).status_code == 404
        stranger.force_login(make_team_member(make_open_event()[0], "door_steward"))
        assert stranger.get(address).status_code == 404
        stranger.force_login(make_team_member(event, "programme_editor"))
        assert stranger.get(address).status_code == 404
    assert client.get(f"/door/{event.slug}/")["Location"] == f"/en/door/{event.slug}/"


def test_a_guest_comes_in_once_and_the_second_time_is_told_when_and_where(client, door):
    event, registration = door
    page = client.get(f"/en/door/{event.slug}/")
    nonce = page.context["nonce"]
    code = code_of(valid_ticket(registration))
    first = post(client, event, code=code, nonce=nonce).content.decode()
    assert 'data-tone="go"' in first
    assert "Come in" in first
    assert "Анна Иванова" in first
    assert "Category 1" in first
    assert 'data-tone="go"' in post(client, event, code=code, nonce=nonce).content.decode()  # sent twice
    second = post(client, event, code=code, gate="side").content.decode()
    assert 'data-tone="stop"' in second
    assert "Already in" in second
    assert ", Gate 1" in second
    assert Scan.objects.filter(is_entry=True).count() == 1
    undone = post(client, event, do="undo", nonce=nonce)
    assert "Taken back." in undone.content.decode()
    assert AuditEntry.objects.filter(action="admission.scan_undone").exists()
    assert 'data-tone="go"' in post(client, event, code=registration.code.lower()).content.decode()


def test_a_name_finds_the_guest_in_any_case(client, door):
    event, registration = door
    found = post(client, event, code="ИВАН анна")
    assert [guest.code for guest in found.context["found"]] == [registration.code]
    assert "Let in" in found.content.decode()
    assert not Scan.objects.exists()
    assert "Nobody with this name" in post(client, event, code="Pyotr").content.decode()


def test_the_document_is_checked_before_a_guest_comes_in(client, door):
    event, registration = door
    RuleRow.objects.create(event=event, checks_document=True)
    forget_rules(event.pk)
    asked = post(client, event, code=registration.code)
    assert 'data-tone="hold"' in asked.content.decode()
    assert "Check the document" in asked.content.decode()
    assert "Refuse" in asked.content.decode()
    assert not Scan.objects.filter(is_entry=True).exists()
    seen = post(client, event, code=registration.code, confirmed="1", nonce=asked.context["next_nonce"])
    assert 'data-tone="go"' in seen.content.decode()


def test_a_refusal_says_why(client, door):
    event, registration = door
    assert "No valid ticket" in post(client, event, code="P1" + "A" * 124).content.decode()
    block_ticket(ticket=valid_ticket(registration), actor=None, reason="Ask at the desk <now>")
    text = post(client, event, code=registration.code).content.decode()
    assert "Blocked" in text
    assert "Ask at the desk &lt;now&gt;" in text


def test_what_is_missing_is_said_and_what_was_typed_is_kept(client, door):
    event, _registration = door
    answer = post(client, event, gate="no-such-gate", code="Anna")
    assert answer.status_code == 422
    assert "Choose the gate first." in answer.content.decode()
    assert 'value="Anna"' in answer.content.decode()
    assert post(client, event, code=" ").status_code == 422


@pytest.mark.parametrize("code", ["\x00", "😀" * 300, "<script>", "P1" + "9" * 123, "%", "x" * 5000])
@pytest.mark.parametrize("nonce", ["", "\x00", "n" * 65, "<b>"])
def test_whatever_is_sent_gets_an_answer(client, door, code, nonce):
    assert post(client, door[0], code=code, nonce=nonce).status_code in (200, 422)


def test_the_page_may_be_kept_as_long_as_the_log_in(client, door):
    event, registration = door
    page = client.get(f"/en/door/{event.slug}/")
    assert int(page["Plenum-Keep-Until"]) == int(client.session.get_expiry_date().timestamp())
    assert "no-store" in page["Cache-Control"]
    for answer in (post(client, event, code="Anna"), post(client, event, code=registration.code)):
        assert "Plenum-Keep-Until" not in answer
    client.force_login(registration.person)
    assert "Plenum-Keep-Until" in client.get(f"/en/me/tickets/{registration.code}/")


def test_the_worker_is_served_as_one(client):
    answer = client.get("/offline.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Service-Worker-Allowed"] == "/"
    assert answer["Cache-Control"] == "no-cache"
    assert "worker-src 'self'" in client.get("/en/")["Content-Security-Policy"]


def test_the_manifest_opens_the_door(client, door):
    event, _registration = door
    answer = client.get(f"/ru/door/{event.slug}/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert told["start_url"] == told["scope"] == f"/ru/door/{event.slug}/"
    assert {icon["purpose"] for icon in told["icons"]} == {"any", "maskable"}
    for icon in told["icons"]:
        assert finders.find(icon["src"].removeprefix("/static/")), icon


def test_no_script_or_style_stands_in_the_page(client, door):
    text = client.get(f"/en/door/{door[0].slug}/").content.decode()
    assert "style=" not in text
    assert "<style" not in text
    assert text.count("<script") == text.count("<script src=") + text.count('type="application/json"')


def test_the_list_is_sent_again_only_when_it_changed(client, door):
    event, registration = door
    address = f"/api/v1/events/{event.slug}/admission/list"
    first = client.get(address)
    same = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    post(client, event, code=registration.code)
    changed = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    entry = changed.json()["entries"][0]
    assert (entry["gate"], entry["nonce"]) == ("main", Scan.objects.get().nonce)
    assert [gate["slug"] for gate in changed.json()["gates"]] == ["main", "side"]


def test_the_list_needs_as_few_queries_for_three_guests_as_for_one(client, door, django_assert_num_queries):
    event, registration = door
    address = f"/api/v1/events/{event.slug}/admission/list"
    post(client, event, code=registration.code)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    asked = len(one)
    for _turn in range(2):
        post(client, event, code=make_registration(event, registration.category).code)
    with django_assert_num_queries(asked):
        client.get(address)


def test_the_door_is_light(client, door):
    """Everything that a phone without a QR reader and without Ed25519 of its own loads, as it is sent."""
    page = client.get(f"/en/door/{door[0].slug}/").content
    names = [
        "cms/plenum.css", "admission/door.css", "admission/door.js", "vendor/qr/decode.js", "vendor/qr/index.js",
        "vendor/noble-ed25519/index.js",
    ]  # fmt: skip
    fonts = [f"vendor/fonts/golos-text-{script}-wght-normal.woff2" for script in ("latin", "cyrillic")]
    files = [finders.find(name) for name in names + fonts]
    if None in files:
        pytest.skip("what browsers load is not there: run bin/setup")
    sizes = [len(gzip.compress(Path(file).read_bytes(), 9)) for file in files]
    assert sum(sizes) + len(gzip.compress(page, 9)) <= BUDGET, dict(zip(names + fonts, sizes, strict=True))


def badge(client, event, registration, gate="main"):
    return client.get(f"/en/door/{event.slug}/badge/{registration.code}.pdf", {"gate": gate})


def test_a_gate_that_prints_offers_the_badge_of_who_came_in(client, door):
    event, registration = door
    code = code_of(valid_ticket(registration))
    assert "/badge/" not in post(client, event, code=code, nonce="n-1").content.decode()
    assert badge(client, event, registration).status_code == 404  # this gate prints none
    Gate.objects.filter(slug="main").update(badge_size="a7")
    answer = post(client, event, code=code, nonce="n-2").content.decode()
    assert f"/en/door/{event.slug}/badge/{registration.code}.pdf?gate=main" in answer
    printed = badge(client, event, registration)
    assert (printed.status_code, printed["Content-Type"]) == (200, "application/pdf")
    assert printed["Content-Disposition"].startswith("inline")
    words = PdfReader(io.BytesIO(printed.content)).pages[0].extract_text().split()
    assert "Анна Иванова" in " ".join(words)
    assert AuditEntry.objects.get(action="admission.printed_badge").changes["gate"] == [None, "Gate 1"]


def test_badges_are_printed_for_those_who_may_come_in_by_those_who_keep_the_door(client, door):
    event, registration = door
    Gate.objects.filter(slug="main").update(badge_size="a7")
    assert badge(client, event, registration, gate="side").status_code == 404
    other_event, other_category = make_open_event()
    assert badge(client, event, make_registration(other_event, other_category)).status_code == 404
    stranger = Client()
    assert badge(stranger, event, registration).status_code == 302
    for person in (PersonFactory(), make_team_member(other_event, "door_steward")):
        stranger.force_login(person)
        assert badge(stranger, event, registration).status_code == 404
    block_ticket(ticket=valid_ticket(registration), actor=None, reason="Ask at the desk")
    assert badge(client, event, registration).status_code == 404
