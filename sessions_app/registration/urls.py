"""Pages of registration, one address per language."""

from django.urls import path

from sessions_app.registration.views import (
    delegation_lines,
    delegations,
    editing,
    files,
    proving,
    register,
    seats,
    status,
)

app_name = "registration"

EVENT = "events/<slug:slug>"
DELEGATION = f"{EVENT}/delegation/<slug:code>"
OWN = f"{EVENT}/registration/<slug:code>/<str:signature>"

urlpatterns = [
    path(f"{EVENT}/register/", register.register, name="register"),
    path(f"{EVENT}/register/questions/", register.questions, name="questions"),
    path(f"{EVENT}/register/check/", register.check, name="check"),
    path(f"{EVENT}/register/code/", proving.code, name="code"),
    path(f"{EVENT}/register/finish/", proving.finish, name="finish"),
    path(f"{EVENT}/register/later/", register.later, name="later"),
    path(f"{EVENT}/register/go-on/<slug:code>/<str:signature>/", register.go_on, name="go_on"),
    path(f"{EVENT}/register/files/<uuid:guid>/", files.answer_file, name="file"),
    path(f"{EVENT}/registration/sessions/", seats.sessions, name="sessions"),
    path(f"{EVENT}/registration/sessions/<slug:code>/places/", seats.places, name="places"),
    path(f"{EVENT}/delegation/", delegations.delegations, name="delegations"),
    path(f"{EVENT}/delegation/new/", delegations.new, name="delegation_new"),
    path(f"{DELEGATION}/", delegation_lines.delegation, name="delegation"),
    path(f"{DELEGATION}/frame/", delegations.frame, name="delegation_frame"),
    path(f"{DELEGATION}/paste/", delegation_lines.paste, name="delegation_paste"),
    path(f"{DELEGATION}/remind/", delegations.remind, name="delegation_remind"),
    path(f"{DELEGATION}/withdraw/", delegations.withdraw, name="delegation_withdraw"),
    path(f"{DELEGATION}/members/<int:pk>/", delegation_lines.swap, name="delegation_swap"),
    path(f"{DELEGATION}/members/<int:pk>/remove/", delegation_lines.remove, name="delegation_remove"),
    path(f"{OWN}/", status.status, name="status"),
    path(f"{OWN}/accept/", status.accept, name="accept"),
    path(f"{OWN}/cancel/", status.leave, name="cancel"),
    path(f"{OWN}/edit/", editing.edit, name="edit"),
    path(f"{OWN}/sessions/<slug:session>/", status.seat, name="seat"),
]
