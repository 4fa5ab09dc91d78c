"""An address of each kind of page and file of an event."""

from tests.factories import FIRST_DAY


def paths_of(event):
    """Return an address of each kind of page of the event."""
    session = event.sessions.order_by("number").first()
    role = session.roles.first()
    base = f"/en/events/{event.slug}"
    return [
        f"{base}/programme/{FIRST_DAY}/",
        f"{base}/programme/{FIRST_DAY}/?print=1",
        f"{base}/programme/search/?q=session",
        f"{base}/sessions/{session.code}/",
        f"{base}/people/",
        f"{base}/people/{role.person.code}/",
        f"{base}/organisations/{role.organisation.code}/",
        f"{base}/changes/",
        f"{base}/changes/1/",
        f"{base}/agenda/?s={session.code}",
        f"{base}/agenda/?s={session.code}&print=1",
    ]


def files_of(event):
    """Return an address of each kind of file and feed of the event."""
    session = event.sessions.order_by("number").first()
    base = f"/events/{event.slug}"
    return [
        f"{base}/schedule.xml",
        f"{base}/schedule.json",
        f"{base}/schedule.ics",
        f"{base}/sessions/{session.code}.ics",
        f"{base}/sessions/{session.code}/qr.svg",
        f"{base}/releases.atom",
        f"{base}/release.json",
        f"/api/v1{base}",
        f"/api/v1{base}/sessions",
        f"/api/v1{base}/sessions/{session.code}",
        f"/api/v1{base}/people",
        f"/api/v1{base}/rooms",
        f"/api/v1{base}/tracks",
        f"/api/v1{base}/releases",
    ]
