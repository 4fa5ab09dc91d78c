"""The pocket programme: a day or an agenda on a sheet that is folded to A6."""

import io
import subprocess
import sys

import pypdf
import pytest

from network.paper import printing
from network.paper.printing import CannotPrint, print_pdf
from sessions_app.programme.models import Session, SessionState
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.factories import FIRST_DAY, PersonFactory, SessionFactory, make_released_event

pytestmark = pytest.mark.django_db
A4 = (595, 841)  # points, rounded down


def pages_of(response):
    """The sheets of a PDF, each as its words."""
    assert response.headers["Content-Type"] == "application/pdf"
    sheets = pypdf.PdfReader(io.BytesIO(response.content)).pages
    assert {(int(sheet.mediabox.width), int(sheet.mediabox.height)) for sheet in sheets} == {A4}
    return [" ".join(sheet.extract_text().replace("\u200b", "").split()) for sheet in sheets]


def day_of(event, language="en"):
    return f"/{language}/events/{event.slug}/programme/{FIRST_DAY}/pocket.pdf"


def agenda_of(event, *codes):
    return f"/en/events/{event.slug}/agenda/pocket.pdf" + (f"?s={','.join(codes)}" if codes else "")


def rename(event, **fields):
    session = event.sessions.order_by("number").first()
    Session.objects.filter(pk=session.pk).update(**fields)
    release_programme(event=event, actor=None, note="")


def test_a_day_fits_on_one_sheet_with_title_zone_release_and_address(client):
    event, release = make_released_event(sessions=3)
    SessionFactory(event=event, state=SessionState.DRAFT, title_en="Not released")
    (sheet,) = pages_of(client.get(day_of(event)))
    for session in event.sessions.filter(state=SessionState.READY):
        assert session.title_en in sheet
    for words in (
        event.name_en,
        "Moscow (UTC+3)",
        f"Release {release.number} of",
        f"/events/{event.slug}/",
        "Fold",
    ):
        assert words in sheet
    assert "Not released" not in sheet


def test_a_russian_sheet_can_be_read_by_programs(client):
    event, _release = make_released_event()
    (sheet,) = pages_of(client.get(day_of(event, "ru")))
    assert event.sessions.get().title_ru in sheet
    assert "Москва (UTC+3)" in sheet


def test_a_day_is_made_once_for_everybody(client):
    event, _release = make_released_event()
    first = client.get(day_of(event))
    assert client.get(day_of(event), headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_an_agenda_holds_the_owners_stars_and_name(client):
    event, _release = make_released_event(sessions=2)
    mine, other = event.sessions.order_by("number")
    person = PersonFactory(name="Anna Example")
    star_session(person=person, event=event, code=mine.code)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get(agenda_of(event))
    (sheet,) = pages_of(response)
    assert mine.title_en in sheet
    assert other.title_en not in sheet
    assert "Anna Example" in sheet
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_visitors_agenda_is_named_by_its_address(client):
    event, _release = make_released_event(sessions=2)
    mine, other = event.sessions.order_by("number")
    page = client.get(f"/en/events/{event.slug}/agenda/?s={mine.code}").content.decode()
    assert agenda_of(event, mine.code) in page
    (sheet,) = pages_of(client.get(agenda_of(event, mine.code)))
    assert mine.title_en in sheet
    assert other.title_en not in sheet


@pytest.mark.parametrize("query", ["", "?s=", "?s=NOSUCH", "?s=%00"])
def test_without_stars_there_is_nothing_to_print(client, query):
    event, _release = make_released_event()
    response = client.get(agenda_of(event) + query)
    assert (response.status_code, response.headers["Location"]) == (302, f"/en/events/{event.slug}/agenda/")


def test_what_does_not_fit_goes_on_to_a_second_card(client):
    event, _release = make_released_event(sessions=60)
    sheets = pages_of(client.get(day_of(event)))
    assert len(sheets) == 2
    for session in event.sessions.all():
        assert session.title_en in " ".join(sheets)


@pytest.mark.parametrize(
    "title",
    ['#image("/etc/passwd") $x$ *a* _b_ <c>', "Ж" * 400, "فعالية محمد", "🛰️ Space", "a\u202eb\\n `c` @d"],
)
def test_titles_are_printed_as_they_are(client, title):
    event, _release = make_released_event()
    rename(event, title_en=title)
    (sheet,) = pages_of(client.get(day_of(event)))
    if title.startswith("#image"):
        assert title in sheet


def test_a_day_that_is_none_and_an_event_without_a_release_have_no_sheet(client):
    event, _release = make_released_event()
    assert client.get(f"/en/events/{event.slug}/programme/2001-01-01/pocket.pdf").status_code == 404
    event.releases.all().delete()
    assert client.get(day_of(event)).status_code == 404


def test_a_busy_printer_says_so(client, monkeypatch):
    event, _release = make_released_event()
    monkeypatch.setattr(printing, "BUSY_SECONDS", 0.01)
    code = event.sessions.get().code
    for _slot in range(printing.AT_A_TIME):
        assert printing._free.acquire(blocking=False)
    try:
        for path in (day_of(event), agenda_of(event, code)):
            response = client.get(path)
            assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
            assert "Not printed yet" in response.content.decode()
    finally:
        for _slot in range(printing.AT_A_TIME):
            printing._free.release()


def test_a_sheet_that_cannot_be_set_or_takes_too_long_is_given_up():
    with pytest.raises(CannotPrint, match="failed"):
        print_pdf({"language": "en"})
    with pytest.raises(CannotPrint, match="slow"):
        print_pdf({"language": "en"}, seconds=0.001)


def test_the_process_of_the_pages_never_loads_the_typesetter():
    code = "import sys, network.paper.printing; sys.exit('typst' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_printed_pages_lead_a_phone_to_the_programme(client):
    event, _release = make_released_event()
    code = event.sessions.get().code
    for path, address in (
        (
            f"/en/events/{event.slug}/programme/{FIRST_DAY}/?print=1",
            f"/events/{event.slug}/programme/{FIRST_DAY}/",
        ),
        (f"/en/events/{event.slug}/agenda/?s={code}&print=1", f"/events/{event.slug}/programme/"),
    ):
        html = client.get(path).content.decode()
        assert '<div class="qr"><svg' in html
        assert f"{address}</p>" in html
        assert "pocket.pdf" in html
