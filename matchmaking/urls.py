"""Pages of the exchange, one address per language."""

from django.urls import path

from matchmaking.views import answering, mine

app_name = "matchmaking"

EXCHANGE = "events/<slug:slug>/exchange"

urlpatterns = [
    path(f"{EXCHANGE}/mine/", mine.mine, name="mine"),
    path(f"{EXCHANGE}/answer/<str:token>/", answering.answer, name="answer"),
]
