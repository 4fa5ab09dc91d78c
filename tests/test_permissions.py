"""The permission matrix: every address, asked by everybody, for an own event, a hidden one and another's.

An address that is missing from the table fails ``test_every_address_stands_in_the_table``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from calls.models import Call
from tests.factories import make_released_event
from tests.permission_world import ROLES, World, address, make_world, normal, routes, wrong_answers

pytestmark = pytest.mark.django_db

ALL = dict.fromkeys(ROLES, 200)
STRANGERS = ("anonymous", "attendee", "panellist", "stranger")
TEAM = {**ALL, **dict.fromkeys(STRANGERS, 404)}
SIGNED_IN = {**ALL, "anonymous": 302}
# A back office page of one event: the log-in for who is not signed in, 403 without any team, 404 for other teams
# and for the roles of this one that do not reach so far.
OFFICE = {**dict.fromkeys(ROLES, 404), "anonymous": 302, "attendee": 403, "panellist": 403}
ORGANISERS = {**OFFICE, "organiser": 200, "operator": 200}
PROGRAMME = {**ORGANISERS, "editor": 200}
COMMISSION = {**ORGANISERS, "secretary": 200}
REGISTRATION = {**ORGANISERS, "registrar": 200}
ADMISSION = {**ORGANISERS, "steward": 200}
EXCHANGE = {**ORGANISERS, "matchmaker": 200}
MEDIA = {**ORGANISERS, "media": 200}


def led_back(expected: dict[str, int]) -> dict[str, int]:
    """Return the same for a page of Wagtail's own kind: it tells a role that it does not reach so far, and leads home."""
    return {
        role: 302 if status == 404 and role != "stranger" else status for role, status in expected.items()
    }


EVENT = led_back(ORGANISERS)
# A list over all of somebody's events: empty for a role that does not reach so far, one event is led to.
TEAMS = {**ALL, "anonymous": 302, "attendee": 403, "panellist": 403}
LISTS = {**TEAMS, "stranger": 302}
CALLS = {**led_back(COMMISSION), "stranger": 200}


def every(status: int) -> dict[str, int]:
    return dict.fromkeys(ROLES, status)


# Addresses without an event: who gets what.
PLAIN = {
    "healthz": ALL, "readyz": ALL, "sitemap.xml": ALL, "sitemap-videos.xml": ALL, "oembed": every(404), "robots.txt": ALL, "favicon.ico": None,
    "offline.js": ALL,
    "api/v1/openapi.json": ALL, "api/v1/": every(404), "api/v1/events": ALL,
    "": ALL, "events/": ALL, "recordings/": ALL, "search/": ALL, "reader/": ALL, "accessibility/": ALL, "privacy/": ALL,
    "offers/": ALL,
    "design/": {**every(404), "operator": 200}, "demo/mail/": every(404),
    "me/": SIGNED_IN, "me/profile/": SIGNED_IN, "me/privacy/": SIGNED_IN, "me/privacy/data.json": None,
    "me/privacy/erase/": SIGNED_IN, "me/address/": None, "me/agenda/merge/": None,
}  # fmt: skip

# Addresses of an event: of a public one for all, of a hidden one for its team only.
OF_EVENT = (
    "events/{slug}/", "events/{slug}/programme/{date}/", "events/{slug}/programme/search/", "events/{slug}/agenda/",
    "events/{slug}/programme/{date}/pocket.pdf",
    "events/{slug}/sessions/{code}/", "events/{slug}/people/", "events/{slug}/people/{person}/",
    "events/{slug}/organisations/{organisation}/", "events/{slug}/changes/", "events/{slug}/changes/1/",
    "events/{slug}/register/", "events/{slug}/exchange/",
    "events/{slug}/recordings/", "events/{slug}/recordings/{code}/", "events/{slug}/results/",
    "events/{slug}/recordings/{code}/of-session/",
)  # fmt: skip
# Pages of those who take part in the exchange: others are led to its entrance, or to the log-in.
OF_EXCHANGE = (
    "events/{slug}/exchange/leave/", "events/{slug}/exchange/profile/", "events/{slug}/exchange/time/",
    "events/{slug}/exchange/people/", "events/{slug}/exchange/search/", "events/{slug}/exchange/requests/",
    "events/{slug}/exchange/mine/", "events/{slug}/exchange/mine/paper/", "events/{slug}/exchange/soon/",
)  # fmt: skip
# The same for the address that leads to a day.
LEADS_ON = ("events/{slug}/programme/",)
# A call: a published one of a public event for all, others for the panel and those who run it.
OF_CALL = ("calls/{call_slug}/",)
NOT_PUBLISHED = {**every(404), **dict.fromkeys(("panellist", "organiser", "secretary", "operator"), 200)}
# The door: for those who keep it, whether the event is public or not.
OF_DOOR = ("door/{slug}/",)
AT_THE_DOOR = {**every(404), "anonymous": 302, **dict.fromkeys(("organiser", "steward", "operator"), 200)}
# Files, feeds and the API never show a hidden event, not even to its team: they are read without a log-in.
FILES = (
    "events/{slug}/schedule.xml", "events/{slug}/schedule.json", "events/{slug}/schedule.ics",
    "events/{slug}/sessions/{code}.ics", "events/{slug}/sessions/{code}/qr.svg", "events/{slug}/releases.atom",
    "events/{slug}/release.json",
    "api/v1/events/{slug}", "api/v1/events/{slug}/sessions", "api/v1/events/{slug}/sessions/{code}",
    "api/v1/events/{slug}/people", "api/v1/events/{slug}/people/{person}", "api/v1/events/{slug}/rooms",
    "api/v1/events/{slug}/tracks", "api/v1/events/{slug}/releases",
    "events/{slug}/cover.png", "events/{slug}/recordings.rss", "events/{slug}/recordings.atom", "events/{slug}/recordings/{code}/embed/",
    "api/v1/events/{slug}/recordings", "api/v1/events/{slug}/recordings/{code}",
)  # fmt: skip
# Answers to forms only, or to what only the browser's session knows; each has tests of its own.
FORMS_ONLY = {
    "api/v1/events/{slug}/registrations": "tests/registration/test_api.py",
    "api/v1/events/{slug}/registrations/{code}": "tests/registration/test_api.py",
    "api/v1/events/{slug}/registrations/{code}/approve": "tests/registration/test_api.py",
    "api/v1/events/{slug}/registrations/{code}/decline": "tests/registration/test_api.py",
    "api/v1/events/{slug}/registrations/{code}/cancel": "tests/registration/test_api.py",
    "files/images/{path}": "tests/cms/test_pictures.py",
    "events/{slug}/sessions/{code}/star/": "tests/programme (stars)",
    "me/agenda/{token}.ics": "tests/programme (agenda feed)",
    "events/{slug}/agenda/pocket.pdf": "tests/programme/test_pocket.py",
    "events/{slug}/register/questions/": "tests/registration/test_form_page.py",
    "events/{slug}/register/check/": "tests/registration/test_form_page.py",
    "events/{slug}/register/code/": "tests/registration/test_proving_page.py",
    "events/{slug}/register/finish/": "tests/registration/test_proving_page.py",
    "events/{slug}/register/later/": "tests/registration/test_form_page.py",
    "events/{slug}/register/go-on/{code}/{signature}/": "tests/registration/test_form_page.py",
    "events/{slug}/register/files/{guid}/": "tests/registration/test_status_page.py",
    "events/{slug}/delegation/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/new/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/{code}/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/{code}/frame/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/{code}/paste/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/{code}/remind/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/{code}/withdraw/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/{code}/members/{event}/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/delegation/{code}/members/{event}/remove/": "tests/registration/test_delegation_pages.py",
    "events/{slug}/registration/sessions/": "tests/registration/test_seats.py",
    "events/{slug}/registration/sessions/{code}/places/": "tests/registration/test_seats.py",
    "events/{slug}/registration/{code}/{signature}/": "tests/registration/test_status_page.py",
    "events/{slug}/registration/{code}/{signature}/accept/": "tests/registration/test_status_page.py",
    "events/{slug}/registration/{code}/{signature}/cancel/": "tests/registration/test_status_page.py",
    "events/{slug}/registration/{code}/{signature}/edit/": "tests/registration/test_status_page.py",
    "events/{slug}/registration/{code}/{signature}/sessions/{session}/": "tests/registration/test_seats.py",
    "files/materials/{guid}/": "tests/backoffice (uploads)",
    "files/results/{guid}/": "tests/media_archive/test_media.py",
    **{
        f"media/{{slug}}/{key}session/{{code}}/{file}": "tests/media_archive/test_serving.py, test_media.py"
        for key in ("", "{key}/")
        for file in (
            "{camera}/master.m3u8",
            "{camera}/{name}.m3u8",
            "{camera}/poster.jpg",
            "{camera}/previews.vtt",
            "{camera}/previews-1-{sheet}.jpg",
            "chapters.json",
            "poster.jpg",
            "slides-{deck}-{page}.jpg",
            "slides-{deck}.pdf",
            "captions-{language}.vtt",
            "captions-{language}.srt",
            "captions-{language}.txt",
        )
    },
    "door/{slug}/manifest.webmanifest": "tests/admission/test_door_pages.py",
    "door/{slug}/badge/{code}.pdf": "tests/admission/test_door_pages.py",
    "events/{slug}/exchange/with/{code}/": "tests/matchmaking/test_pages_rights.py",
    "events/{slug}/exchange/with/{code}/ask/": "tests/matchmaking/test_pages_rights.py",
    "events/{slug}/exchange/with/{code}/pass/": "tests/matchmaking/test_pages_rights.py",
    "events/{slug}/exchange/with/{code}/block/": "tests/matchmaking/test_pages_rights.py",
    "events/{slug}/exchange/requests/{code}/": "tests/matchmaking/test_pages_rights.py",
    "events/{slug}/exchange/meetings/{code}/": "tests/matchmaking/test_pages_rights.py",
    "events/{slug}/exchange/mine/{slot}/": "tests/matchmaking/test_pages_rights.py",
    "events/{slug}/exchange/answer/{token}/": "tests/matchmaking/test_answering.py",
    "events/{slug}/exchange/screen/{token}/": "tests/backoffice/exchange/test_hall.py",
    "offers/{code}/": "tests/matchmaking/test_marketplace.py",
    "offers/{code}/own/": "tests/matchmaking/test_marketplace.py",
    "events/{slug}/exchange/version.json": "tests/matchmaking/test_pages_rights.py",
    "me/tickets/{code}/": "tests/admission/test_ticket_pages.py",
    "me/tickets/{code}/ticket.ics": "tests/admission/test_ticket_pages.py",
    "me/tickets/{code}/ticket.pdf": "tests/admission/test_papers.py",
    "api/v1/events/{slug}/admission/redeem": "tests/admission/test_api.py",
    "api/v1/events/{slug}/admission/scans": "tests/admission/test_api.py",
    "api/v1/events/{slug}/admission/undo": "tests/admission/test_api.py",
    "api/v1/events/{slug}/admission/list": "tests/admission/test_api.py",
    "api/v1/events/{slug}/exchange/slots": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/profiles": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/requests": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/requests/{code}/accept": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/requests/{code}/decline": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/requests/{code}/withdraw": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/meetings": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/meetings/{code}/move": "tests/matchmaking/test_api.py",
    "api/v1/events/{slug}/exchange/meetings/{code}/cancel": "tests/matchmaking/test_api.py",
}
BACK_OFFICE = {
    "admin/programme/": LISTS,
    "admin/programme/{slug}/": PROGRAMME,
    "admin/programme/{slug}/import/": PROGRAMME,
    "admin/programme/{slug}/import/template.csv": PROGRAMME,
    "admin/programme/{slug}/import/template.xlsx": PROGRAMME,
    "admin/programme/{slug}/clashes/": PROGRAMME,
    "admin/programme/{slug}/release/": PROGRAMME,
    "admin/programme/{slug}/releases/": PROGRAMME,
    "admin/programme/{slug}/releases/1/": PROGRAMME,
    "admin/programme/{slug}/releases/1/restore/": PROGRAMME,
    "admin/programme/{slug}/delete/": {**PROGRAMME, "editor": 302, "organiser": 302},
    "admin/registration/": LISTS,
    "admin/registration/{slug}/delegations/": REGISTRATION,
    "admin/registration/{slug}/setup/": REGISTRATION,
    "admin/registration/{slug}/setup/quotas/": REGISTRATION,
    "admin/registration/{slug}/setup/quotas/new/": REGISTRATION,
    "admin/registration/{slug}/setup/categories/": REGISTRATION,
    "admin/registration/{slug}/setup/categories/new/": REGISTRATION,
    "admin/registration/{slug}/setup/questions/": REGISTRATION,
    "admin/registration/{slug}/setup/questions/new/": REGISTRATION,
    "admin/registration/{slug}/setup/questions/new/choice/": REGISTRATION,
    "admin/registration/{slug}/setup/invitations/": REGISTRATION,
    "admin/registration/{slug}/setup/invitations/codes.txt": REGISTRATION,
    "admin/registration/{slug}/setup/messages/": REGISTRATION,
    "admin/registration/{slug}/setup/messages/confirmed/": REGISTRATION,
    "admin/admission/": LISTS,
    "admin/admission/{slug}/": {**ADMISSION, "registrar": 200},
    "admin/admission/{slug}/scans/": ADMISSION,
    "admin/admission/{slug}/gates/": ADMISSION,
    "admin/admission/{slug}/gates/new/": ADMISSION,
    "admin/admission/{slug}/rules/": ADMISSION,
    "admin/admission/{slug}/rules/new/": ADMISSION,
    "admin/admission/{slug}/key/": REGISTRATION,
    "admin/admission/{slug}/paper/": REGISTRATION,
    "admin/exchange/": LISTS,
    "admin/exchange/{slug}/": EXCHANGE,
    "admin/exchange/{slug}/setup/": EXCHANGE,
    "admin/exchange/{slug}/tables/": EXCHANGE,
    "admin/exchange/{slug}/plan/": EXCHANGE,
    "admin/exchange/{slug}/board/": EXCHANGE,
    "admin/exchange/{slug}/yield/": EXCHANGE,
    "admin/exchange/{slug}/hall/": EXCHANGE,
    "admin/exchange/{slug}/hall/address/": EXCHANGE,
    "admin/exchange/{slug}/meetings/new/": EXCHANGE,
    "admin/exchange/{slug}/meetings/import/": EXCHANGE,
    "admin/exchange/{slug}/people/": EXCHANGE,
    "admin/exchange/{slug}/people/new/": EXCHANGE,
    "admin/recordings/": LISTS,
    "admin/recordings/{slug}/": MEDIA,
    "admin/recordings/{slug}/new/": MEDIA,
    "admin/recordings/{slug}/elsewhere/": MEDIA,
    "admin/recordings/{slug}/results/": MEDIA,
    "admin/recordings/{slug}/results/new/": MEDIA,
    "admin/recordings/{slug}/{recording}/": MEDIA,
    "admin/recordings/{slug}/{recording}/clock/": MEDIA,
    "admin/recordings/{slug}/{recording}/transcript/": MEDIA,
    "admin/recordings/{slug}/{recording}/slides/": MEDIA,
    "admin/recordings/{slug}/{recording}/wave/": MEDIA,
    # All is published there: it leads back to the recording.
    "admin/recordings/{slug}/{recording}/publish/": {
        role: 302 if status == 200 else status for role, status in MEDIA.items()
    },
    "admin/recordings/{slug}/cuts/{code}/": MEDIA,
    "admin/recordings/{slug}/cuts/{code}/link/": MEDIA,
    "admin/recordings/{slug}/cuts/{code}/chapters/": MEDIA,
    "admin/events/edit/{event}/": EVENT,
    "admin/tokens/{slug}/": ORGANISERS,
    "admin/webhooks/{slug}/": ORGANISERS,
    "admin/webhooks/{slug}/new/": ORGANISERS,
    "admin/webhooks/{slug}/{webhook}/": ORGANISERS,
    "admin/webhooks/{slug}/{webhook}/edit/": ORGANISERS,
    "admin/webhooks/{slug}/{webhook}/secret/": ORGANISERS,
    "admin/webhooks/{slug}/{webhook}/delete/": ORGANISERS,
    "admin/webhooks/{slug}/{webhook}/{delivery}/": ORGANISERS,
    "admin/registration/{slug}/": REGISTRATION,
    "admin/registration/{slug}/list/": REGISTRATION,
    "admin/registration/{slug}/list/import/": REGISTRATION,
    "admin/registration/{slug}/list/export/csv/": {**REGISTRATION, "steward": 200},
    "admin/calls/": CALLS,
    "admin/calls/new/": CALLS,
    "admin/calls/edit/{call}/": led_back(COMMISSION),
    "admin/calls/panel/{call}/": COMMISSION,
    "admin/calls/panel/{call}/end/{member}/": COMMISSION,
}
LOG_IN = re.compile(r"^(account/|_util/login/)")
# Wagtail's own pages and choosers: nobody without a team gets in, wherever they stand.
WAGTAIL = re.compile(r"^(admin/|documents/|_util/|\^)")
OPEN_IN_ADMIN = re.compile(r"^admin/(jsi18n/|sprite|login/|logout/|password_reset/|\$|.*authenticate)")


@pytest.fixture
def world() -> World:
    return make_world()


def test_addresses_without_an_event(world):
    assert (
        wrong_answers(world, world.public, {path: answer for path, answer in PLAIN.items() if answer}) == {}
    )


def test_pages_of_an_event(world):
    assert wrong_answers(world, world.public, dict.fromkeys(OF_EVENT, ALL)) == {}
    assert wrong_answers(world, world.hidden, dict.fromkeys(OF_EVENT, TEAM)) == {}


def test_addresses_that_lead_on(world):
    hidden = {**every(302), **dict.fromkeys(STRANGERS, 404)}
    assert wrong_answers(world, world.public, dict.fromkeys(LEADS_ON, every(302))) == {}
    assert wrong_answers(world, world.hidden, dict.fromkeys(LEADS_ON, hidden)) == {}


def test_pages_of_an_exchange(world):
    hidden = {**every(302), **dict.fromkeys(STRANGERS, 404), "anonymous": 302}
    assert wrong_answers(world, world.public, dict.fromkeys(OF_EXCHANGE, every(302))) == {}
    assert wrong_answers(world, world.hidden, dict.fromkeys(OF_EXCHANGE, hidden)) == {}


def test_pages_of_a_call(world):
    hidden = {**TEAM, "panellist": 200}
    assert wrong_answers(world, world.public, dict.fromkeys(OF_CALL, ALL)) == {}
    assert wrong_answers(world, world.hidden, dict.fromkeys(OF_CALL, hidden)) == {}
    Call.objects.update(is_published=False)
    for event in (world.public, world.hidden):
        assert wrong_answers(world, event, dict.fromkeys(OF_CALL, NOT_PUBLISHED)) == {}


def test_pages_of_the_door(world):
    for event in (world.public, world.hidden):
        assert wrong_answers(world, event, dict.fromkeys(OF_DOOR, AT_THE_DOOR)) == {}


def test_files_and_feeds_of_an_event(world):
    assert wrong_answers(world, world.public, dict.fromkeys(FILES, ALL)) == {}
    assert wrong_answers(world, world.hidden, dict.fromkeys(FILES, dict.fromkeys(STRANGERS, 404))) == {}


def test_back_office(world):
    assert wrong_answers(world, world.public, BACK_OFFICE) == {}


def test_what_belongs_to_another_event_is_not_found_under_this_one(world):
    other, client = make_released_event(sessions=2)[0], world.client("operator")
    for pattern in (path for path in (*OF_EVENT, *FILES) if "{code}" in path or "{person}" in path):
        crossed = address(pattern, other).replace(f"/{other.slug}/", f"/{world.public.slug}/")
        for method in ("post", "put", "delete"):
            assert getattr(client, method)(crossed).status_code in (404, 405), (method, crossed)
        assert client.get(crossed).status_code == 404, crossed


def test_every_address_stands_in_the_table():
    table = {
        *PLAIN,
        *OF_EVENT,
        *OF_EXCHANGE,
        *LEADS_ON,
        *OF_CALL,
        *OF_DOOR,
        *FILES,
        *FORMS_ONLY,
        *BACK_OFFICE,
    }
    missing = [
        route
        for route in routes()
        if normal(route) not in table and not LOG_IN.match(route) and not WAGTAIL.match(route)
    ]
    assert not missing


def wagtail_addresses() -> Iterator[str]:
    """Yield each address of the back office with believable values in its places."""
    values = {
        "int": "1",
        "str": "1",
        "slug": "x",
        "uuid": "00000000-0000-0000-0000-000000000000",
        "path": "x",
    }
    for route in routes():
        if not route.startswith("admin/") or OPEN_IN_ADMIN.match(route) or "^" in route or "(" in route:
            continue
        yield "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: values.get(found[1] or "str", "1"), route)


@pytest.mark.parametrize("role", ["anonymous", "attendee"])
def test_nobody_without_a_team_enters_the_back_office(world, role):
    client = world.client(role)
    entered = [
        path for path in wagtail_addresses() if client.get(path).status_code not in (302, 403, 404, 405)
    ]
    assert entered == []


# What Wagtail opens to everybody who may enter at all: her own account, the start page and its
# small parts, and lists that hold only what she may see or choose, which is nothing here.
OWN = re.compile(
    r"^/admin/(account/|$|dismissibles/|workflows/|choose-|choose_|programme/|(registration|admission|exchange|recordings)/$|userbar/|api/|localized|telepath"
    r"|failwhale|test404|tag-autocomplete|reports/site-history|(documents|images)/chooser/"
    r"|pages/workflow/confirm_cancellation|pages/1/move/1/confirm)"
)


def test_the_team_does_not_get_wagtails_own_parts(world):
    client = world.client("steward")
    entered = [
        path
        for path in wagtail_addresses()
        if not OWN.match(path) and client.get(path).status_code not in (302, 403, 404, 405)
    ]
    assert entered == []
