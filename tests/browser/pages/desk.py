"""Pages of the back office: ours, and Wagtail's where ours stand in them."""

from __future__ import annotations

from dataclasses import replace

from tests.browser.pages import desk_steps as desk
from tests.browser.pages.visit import State

ROUGH = "/admin/programme/rough/"
FORUM = "/admin/programme/{forum}/"
STATES = (
    State("start, organiser", "/admin/", "rough"),
    State("start, steward", "/admin/", "steward"),
    State("start, operator", "/admin/", "operator"),
    State("programmes", "/admin/programme/", "rough"),
    State("workspace", FORUM, "rough"),
    State("workspace, rough", ROUGH, "rough"),
    State("workspace, nothing yet", "/admin/programme/fresh/", "fresh"),
    State("sessions", "/admin/sessions/?event={rough_pk}", "rough"),
    State("sessions, filters open", "/admin/sessions/?event={rough_pk}&state=draft", "rough", desk.filters),
    State("sessions, none", "/admin/sessions/?event={fresh_pk}", "fresh"),
    State("session, which event", "/admin/sessions/new/", "rough"),
    State("session, new", "/admin/sessions/new/?event=rough", "rough"),
    State("session, no title", "/admin/sessions/new/?event=rough", "rough", desk.save_without_a_title),
    State("session with a clash", "/admin/sessions/edit/{clashing_pk}/", "rough"),
    State("session, people", "/admin/sessions/edit/{long_pk}/", "rough", desk.add_a_role),
    State("session, materials", "/admin/sessions/edit/{long_pk}/", "rough", desk.tab("Materials")),
    State("choose a person", "/admin/sessions/edit/{long_pk}/", "rough", desk.choose_a_person),
    State("new person in the dialog", "/admin/sessions/edit/{long_pk}/", "rough", desk.enter_a_new_person),
    State("session, preview", "/admin/sessions/preview/{long_pk}/", "rough"),
    State("session, preview, Russian", "/admin/sessions/preview/{long_pk}/?language=ru", "rough"),
    State("withdraw, released", "/admin/sessions/withdraw/{long_pk}/", "rough"),
    State("withdraw, never released", "/admin/sessions/withdraw/{bare_pk}/", "rough"),
    State("put back", "/admin/sessions/withdraw/{withdrawn_pk}/", "rough"),
    State("import", FORUM + "import/", "rough"),
    State("import, nothing given", FORUM + "import/", "rough", desk.import_nothing),
    State("import, no schedule", FORUM + "import/", "rough", desk.import_what_is_no_schedule),
    State("import, some lines wrong", FORUM + "import/", "rough", desk.import_with_warnings),
    State("import, nothing new", FORUM + "import/", "rough", desk.import_what_is_there),
    State("import, much new", FORUM + "import/", "rough", desk.import_another_schedule),
    State("clashes", ROUGH + "clashes/", "rough"),
    State("clashes, none", "/admin/programme/fresh/clashes/", "fresh"),
    State("release", FORUM + "release/", "rough"),
    State("release with clashes", ROUGH + "release/", "rough"),
    State("release, no reason", ROUGH + "release/", "rough", desk.release_without_a_reason),
    State("releases", ROUGH + "releases/", "rough"),
    State("releases, none", "/admin/programme/fresh/releases/", "fresh"),
    State("release, newest", ROUGH + "releases/2/", "rough"),
    State("release, first", ROUGH + "releases/1/", "rough"),
    State("restore", ROUGH + "releases/1/restore/", "rough"),
    State("event, delete", ROUGH + "delete/", "operator"),
    State("event, delete, never public", "/admin/programme/fresh/delete/", "operator"),
    State("tokens", "/admin/tokens/rough/", "rough"),
    State("call, which event", "/admin/calls/new/", "operator"),
    State("events", "/admin/events/", "rough"),
    State("event, new", "/admin/events/new/", "operator"),
    State("event", "/admin/events/edit/{rough_pk}/", "rough"),
    State("event, no name", "/admin/events/edit/{rough_pk}/", "rough", desk.save_without_a_title),
    State("event, venue and rooms", "/admin/events/edit/{rough_pk}/", "rough", desk.tab("Venue and rooms")),
    State("venues", "/admin/venues/", "operator"),
    State("venue", "/admin/venues/edit/{venue_pk}/", "operator"),
    State("organisations", "/admin/organisations/", "operator"),
    State("organisation, desk", "/admin/organisations/edit/{organisation_pk}/", "operator"),
    State("people, desk", "/admin/users/", "operator"),
    State("person, desk", "/admin/users/edit/{person_pk}/", "operator"),
    State("what was changed", "/admin/reports/changes/", "rough"),
    State("audit trail", "/admin/reports/audit/", "operator"),
    State("outbox", "/admin/reports/outbox/", "operator"),
    State("menus", "/admin/menus/", "operator"),
    State("settings of one's own", "/admin/account/", "rough"),
    # The editors of pages are Wagtail's own throughout, and so are their faults.
    State("pages below home", "/admin/pages/{home_pk}/", "operator"),
)
# The team works in Russian as often as in English.
DESK = tuple(replace(state, ru=True) for state in STATES)
