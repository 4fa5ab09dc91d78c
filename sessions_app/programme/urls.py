"""Pages of the programme, one address per language."""

from django.urls import path, register_converter

from sessions_app.programme.views import changes, days, items, pocket, stars

register_converter(days.DateConverter, "date")

EVENT = "events/<slug:slug>"

urlpatterns = [
    path(f"{EVENT}/programme/", days.programme, name="programme"),
    path(f"{EVENT}/programme/search/", days.search, name="programme_search"),
    path(f"{EVENT}/programme/<date:date>/", days.day, name="programme_day"),
    path(f"{EVENT}/programme/<date:date>/pocket.pdf", pocket.day_pocket, name="day_pocket"),
    path(f"{EVENT}/agenda/pocket.pdf", pocket.agenda_pocket, name="agenda_pocket"),
    path(f"{EVENT}/agenda/", stars.agenda, name="programme_agenda"),
    path(f"{EVENT}/sessions/<slug:code>/", items.session, name="programme_session"),
    path(f"{EVENT}/sessions/<slug:code>/star/", stars.star, name="programme_star"),
    path(f"{EVENT}/people/", items.people_list, name="programme_people"),
    path(f"{EVENT}/people/<slug:code>/", items.person, name="programme_person"),
    path(f"{EVENT}/organisations/<slug:code>/", items.organisation, name="programme_organisation"),
    path(f"{EVENT}/changes/", changes.changes, name="programme_changes"),
    path(f"{EVENT}/changes/<int:number>/", changes.release, name="programme_release"),
]
