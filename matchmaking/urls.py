"""Pages of the exchange, one address per language."""

from django.urls import path

from matchmaking.views import (
    answering,
    asking,
    entrance,
    marketplace,
    meetings,
    mine,
    people,
    profile,
    requests,
    screen,
    soon,
    version,
)

app_name = "matchmaking"

EXCHANGE = "events/<slug:slug>/exchange"

urlpatterns = [
    path("offers/", marketplace.offers, name="offers"),
    path("offers/<slug:code>/", marketplace.offer, name="offer"),
    path("offers/<slug:code>/own/", marketplace.own_offer, name="own_offer"),
    path(f"{EXCHANGE}/", entrance.entrance, name="entrance"),
    path(f"{EXCHANGE}/leave/", entrance.leave, name="leave"),
    path(f"{EXCHANGE}/profile/", profile.profile, name="profile"),
    path(f"{EXCHANGE}/time/", profile.time, name="time"),
    path(f"{EXCHANGE}/people/", people.people, name="people"),
    path(f"{EXCHANGE}/search/", people.search, name="search"),
    path(f"{EXCHANGE}/with/<slug:code>/", people.person, name="person"),
    path(f"{EXCHANGE}/with/<slug:code>/ask/", asking.ask, name="ask"),
    path(f"{EXCHANGE}/with/<slug:code>/pass/", people.pass_by, name="pass"),
    path(f"{EXCHANGE}/with/<slug:code>/block/", people.block, name="block"),
    path(f"{EXCHANGE}/requests/", requests.inbox, name="requests"),
    path(f"{EXCHANGE}/requests/<slug:code>/", requests.request, name="request"),
    path(f"{EXCHANGE}/mine/", mine.mine, name="mine"),
    path(f"{EXCHANGE}/mine/paper/", mine.paper, name="paper"),
    path(f"{EXCHANGE}/mine/<int:slot>/", mine.fill, name="fill"),
    path(f"{EXCHANGE}/meetings/<slug:code>/", meetings.meeting, name="meeting"),
    path(f"{EXCHANGE}/answer/<str:token>/", answering.answer, name="answer"),
    path(f"{EXCHANGE}/screen/<str:token>/", screen.screen, name="screen"),
    path(f"{EXCHANGE}/soon/", soon.soon, name="soon"),
    path(f"{EXCHANGE}/version.json", version.version, name="version"),
]
