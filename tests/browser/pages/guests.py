"""Pages of registration and tickets: the form, the registration, the ticket, and the registrar's desk."""

from __future__ import annotations

from dataclasses import replace

from tests.browser.pages import guest_desk_steps as desk
from tests.browser.pages import guest_steps as guest
from tests.browser.pages.visit import State

FORM = "/en/events/open/register/"
STEPS = "/en/events/steps/register/"
GUESTS = tuple(
    replace(state, ru=True)
    for state in (
        State("event, registration open", "/en/events/open/"),
        State("form", FORM),
        State("form, trial", "/en/events/soon/register/", "operator"),
        State("form, signed in", FORM, "new"),
        State("form, invited", FORM + "?code={invitation_code}"),
        State("form, wrong invitation", FORM + "?code=NOSUCH"),
        State("form, nothing filled in", FORM, steps=guest.send_nothing, status=422),
        State("form, nothing to choose", "/en/events/bare/register/"),
        State("form, first of three", STEPS),
        State("form, second of three", STEPS, steps=guest.second_step),
        State("form, second wrong", STEPS, steps=guest.second_step_wrong, status=422),
        State("form, third of three", STEPS, steps=guest.third_step),
        State("form, later", FORM, steps=guest.keep_for_later),
        State("form, goes on", "/en/{draft}", "drafting"),
        State("form, kept with a file", FORM, steps=guest.keep_a_file, status=422),
        State("form, second factor first", FORM, steps=guest.prove_with_an_app),
        State("registration over", "/en/events/over/register/"),
        State("registration later", "/en/events/soon/register/"),
        State("registration, code", FORM, steps=guest.ask_for_a_code),
        State("registration, wrong code", FORM, steps=guest.enter_a_wrong_code, status=422),
        State("registration confirmed", "/en/{confirmed}", "guest"),
        State("registration confirmed, by link", "/en/{confirmed}"),
        State("registration pending", "/en/{pending}"),
        State("registration waiting", "/en/{waiting}"),
        State("registration offered", "/en/{offered}"),
        State("registration declined", "/en/{declined}"),
        State("registration cancelled", "/en/{given_up}"),
        State("registration, accept", "/en/{offered}accept/"),
        State("registration, too late", "/en/{late}", steps=guest.accept_too_late, status=410),
        State("registration, cancel", "/en/{confirmed}cancel/"),
        State("registration, edit", "/en/{confirmed}edit/"),
        State(
            "registration, edit wrong", "/en/{confirmed}edit/", steps=guest.save_without_a_name, status=422
        ),
        State("sessions with seats", "/en/events/open/registration/sessions/", "guest"),
        State("sessions with seats, not registered", "/en/events/open/registration/sessions/", "new"),
        State("session with seats", "/en/events/open/sessions/{seat_session}/", "guest"),
        State("ticket", "/en/me/tickets/{confirmed_code}/", "guest"),
    )
)

DESK = "/admin/registration/open/"
SETUP = DESK + "setup/"
GUESTS_DESK = tuple(
    replace(state, role=state.role or "open", ru=True)
    for state in (
        State("registrations", "/admin/registration/", "operator"),
        State("registration, desk", DESK),
        State("registration, desk, nobody yet", "/admin/registration/bare/", "bare"),
        State("registration, list", DESK + "list/"),
        State("registration, list, none", "/admin/registration/bare/list/", "bare"),
        State("registration, list, filtered", DESK + "list/?q=Anna&state=confirmed"),
        State("registration, list, waiting", DESK + "list/?state=waiting"),
        State("registration, list, offered", DESK + "list/?state=offered"),
        State("registration, many, decline", DESK + "list/", steps=desk.mark("decline")),
        State("registration, many, move", DESK + "list/", steps=desk.mark("move")),
        State("registration, many, message", DESK + "list/", steps=desk.preview_a_message),
        State("registration, many, done", DESK + "list/", steps=desk.send_a_message),
        State("registration, import", DESK + "list/import/"),
        State("registration, import, wrong", DESK + "list/import/", steps=desk.import_wrongly, status=422),
        State("registration, import, new", DESK + "list/import/", steps=desk.import_new),
        State("registration, one", DESK + "list/{confirmed_code}/"),
        State("registration, one, offered", DESK + "list/{offered_code}/"),
        State("registration, one, declined", DESK + "list/{declined_code}/"),
        State("registration, one, edit", DESK + "list/{confirmed_code}/edit/"),
        State("registration, settings", SETUP),
        State("registration, quotas", SETUP + "quotas/"),
        State("registration, quotas, none", "/admin/registration/bare/setup/quotas/", "bare"),
        State("registration, quota", SETUP + "quotas/{quota_pk}/"),
        State("registration, categories", SETUP + "categories/"),
        State("registration, categories, none", "/admin/registration/bare/setup/categories/", "bare"),
        State("registration, category", SETUP + "categories/{category_pk}/"),
        State("registration, questions", SETUP + "questions/"),
        State("registration, questions, none", "/admin/registration/bare/setup/questions/", "bare"),
        State("registration, question, which kind", SETUP + "questions/new/"),
        State("registration, question, new", SETUP + "questions/new/choice/"),
        State("registration, question", SETUP + "questions/{question_pk}/"),
        State("registration, question with choices", SETUP + "questions/{excursion_pk}/"),
        State("registration, invitations", SETUP + "invitations/"),
        State("registration, invitations, none", "/admin/registration/bare/setup/invitations/", "bare"),
        State("registration, messages", SETUP + "messages/"),
        State("registration, message", SETUP + "messages/confirmed/"),
    )
)

CALLS = tuple(
    replace(state, ru=True)
    for state in (
        State("call", "/en/calls/rough-call/"),
        State("call, not published", "/en/calls/hidden-call/", "calls"),
        State("call, nobody yet", "/en/calls/empty-call/"),
        State("calls, desk", "/admin/calls/", "operator"),
        State("call, desk", "/admin/calls/edit/{call_pk}/", "calls"),
        State("panel", "/admin/calls/panel/{call_pk}/", "calls"),
        State("seat, end", "/admin/calls/panel/{call_pk}/end/{seat_pk}/", "calls"),
        State("seat, ended", "/admin/calls/panel/{call_pk}/end/{ended_pk}/", "calls"),
    )
)
