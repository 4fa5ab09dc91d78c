"""Pages of tickets and of the door, one address per language."""

from django.urls import path

from sessions_app.admission.views import door, papers, tickets

app_name = "admission"

urlpatterns = [
    path("me/tickets/<slug:code>/", tickets.ticket, name="ticket"),
    path("me/tickets/<slug:code>/ticket.ics", tickets.ticket_ics, name="ticket_ics"),
    path("me/tickets/<slug:code>/ticket.pdf", papers.ticket_pdf, name="ticket_pdf"),
    path("door/<slug:slug>/", door.door, name="door"),
    path("door/<slug:slug>/badge/<slug:code>.pdf", papers.gate_badge, name="gate_badge"),
    path("door/<slug:slug>/manifest.webmanifest", door.manifest, name="door_manifest"),
]
