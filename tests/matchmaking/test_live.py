"""Open pages of an exchange hear of changes by version only, and who may not know of it hears nothing."""

from __future__ import annotations

import functools
import json
from unittest import mock

import pytest
from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from config.urls_live import urlpatterns
from matchmaking.live import FEW, tell_of_change
from matchmaking.models import Exchange, ExchangeProfile
from matchmaking.services.asking import ask
from matchmaking.services.joining import leave_exchange
from matchmaking.services.setting_up import set_phase
from matchmaking.states import Phase
from network.web.channel_layer import MISSED
from sessions_app.events.live import MISSED_WITHIN
from tests.factories import PersonFactory, make_exchange, make_participant, make_team_member

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_loop(test):
    """Run an asynchronous test from this thread, whose database connection its synchronous parts share."""

    @functools.wraps(test)
    def run(**values):
        async_to_sync(test)(**values)

    return run


class Socket(ApplicationCommunicator):
    """A page's socket, without the server that channels' own would bring along."""

    def __init__(self, exchange: Exchange, person: object, query: bytes = b"") -> None:
        path = f"/ws/events/{exchange.event.slug}/exchange/"
        scope = {"type": "websocket", "path": path, "headers": [], "query_string": query, "user": person}
        super().__init__(URLRouter(urlpatterns), scope)

    async def connect(self) -> tuple[bool, int | None]:
        """Tell whether the page was let in, else why not."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output()
        return answer["type"] == "websocket.accept", answer.get("code")

    async def hear(self) -> dict[str, int]:
        """Return the next message."""
        return json.loads((await self.receive_output())["text"])

    async def leave(self) -> None:
        """Close the page."""
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait()


@database_sync_to_async
def make() -> tuple[Exchange, ExchangeProfile]:
    exchange = make_exchange()
    anna = make_participant(exchange)
    return Exchange.objects.select_related("event").get(pk=exchange.pk), anna


@in_a_loop
async def test_a_participant_hears_the_version_now_and_after_each_change():
    exchange, anna = await make()
    socket = Socket(exchange, anna.person)
    assert (await socket.connect())[0]
    first = (await socket.hear())["version"]
    assert first == exchange.version
    await database_sync_to_async(set_phase)(exchange=exchange, phase=Phase.OVER, actor=None)
    assert await socket.hear() == {"version": first + 1}
    await socket.leave()


@in_a_loop
async def test_a_change_while_the_page_connects_is_not_missed():
    """It comes after the page was let in and before it stands in the group."""
    exchange, anna = await make()
    layer = get_channel_layer()
    join = layer.group_add

    async def change_and_join(*args: object) -> None:
        await Exchange.objects.aupdate(version=77)
        await join(*args)

    socket = Socket(exchange, anna.person)
    with mock.patch.object(layer, "group_add", change_and_join):
        await socket.connect()
    assert await socket.hear() == {"version": 77}
    await socket.leave()


@in_a_loop
async def test_what_is_rolled_back_is_not_told():
    exchange, anna = await make()
    socket = Socket(exchange, anna.person)
    await socket.connect()
    await socket.hear()

    def change_and_fail() -> None:
        with transaction.atomic():
            set_phase(exchange=exchange, phase=Phase.OVER, actor=None)
            transaction.set_rollback(True)

    await database_sync_to_async(change_and_fail)()
    assert await socket.receive_nothing(timeout=0.3)
    await socket.leave()


@in_a_loop
async def test_strangers_and_people_of_another_exchange_are_refused():
    exchange, _anna = await make()
    _other, stranger = await make()
    for person in (AnonymousUser(), await database_sync_to_async(PersonFactory)(), stranger.person):
        assert await Socket(exchange, person).connect() == (False, 4404)


@in_a_loop
async def test_the_team_hears_too():
    exchange, _anna = await make()
    socket = Socket(exchange, await database_sync_to_async(make_team_member)(exchange.event, "matchmaker"))
    assert (await socket.connect())[0]
    await socket.leave()


@in_a_loop
async def test_what_two_agree_reaches_them_at_once_lists_at_leisure_and_others_own_pages_never():
    exchange, anna = await make()
    boris, clara = [await database_sync_to_async(make_participant)(exchange) for _ in range(2)]
    matchmaker = await database_sync_to_async(make_team_member)(exchange.event, "matchmaker")
    hers = Socket(exchange, anna.person)
    own = Socket(exchange, clara.person)
    lists = Socket(exchange, clara.person, b"lists")
    board = Socket(exchange, matchmaker)
    for socket in (hers, own, lists, board):
        await socket.connect()
        first = (await socket.hear())["version"]
    await database_sync_to_async(ask)(sender=boris, recipient=anna, actor=None)
    assert await hers.hear() == {"version": first + 1, "own": True}
    assert await board.hear() == {"version": first + 1, "own": True}
    assert await lists.hear() == {"version": first + 1}
    assert await own.receive_nothing(timeout=0.3)
    await database_sync_to_async(set_phase)(exchange=exchange, phase=Phase.OVER, actor=None)
    for socket in (hers, own, lists, board):
        assert (await socket.hear())["version"] > first + 1
        await socket.leave()


@in_a_loop
async def test_the_board_of_a_matchmaker_who_takes_part_follows_and_nobody_else_gets_it():
    exchange, anna = await make()
    boris, clara = [await database_sync_to_async(make_participant)(exchange) for _ in range(2)]
    matchmaker = await database_sync_to_async(make_team_member)(exchange.event, "matchmaker")
    await database_sync_to_async(make_participant)(exchange, person=matchmaker)
    board, own, another = (
        Socket(exchange, matchmaker, b"board"), Socket(exchange, matchmaker), Socket(exchange, clara.person, b"board")
    )  # fmt: skip
    for socket in (board, own, another):
        await socket.connect()
        first = (await socket.hear())["version"]
    await database_sync_to_async(ask)(sender=boris, recipient=anna, actor=None)
    assert await board.hear() == {"version": first + 1, "own": True}
    for socket in (own, another):
        assert await socket.receive_nothing(timeout=0.3)
    for socket in (board, own, another):
        await socket.leave()


@in_a_loop
async def test_lists_hear_of_many_changes_once_and_of_the_newest():
    exchange, _anna = await make()
    people = [await database_sync_to_async(make_participant)(exchange) for _ in range(6)]
    clara = await database_sync_to_async(make_participant)(exchange)
    lists = Socket(exchange, clara.person, b"lists")
    await lists.connect()
    first = (await lists.hear())["version"]
    for other in people[1:]:
        await database_sync_to_async(ask)(sender=people[0], recipient=other, actor=None)
    heard = [(await lists.hear())["version"]]
    while heard[-1] < first + 5:
        heard.append((await lists.hear())["version"])
    assert heard == sorted(set(heard))
    assert await lists.receive_nothing(timeout=0.3)
    await lists.leave()


@in_a_loop
async def test_whoever_is_concerned_hears_once_also_where_she_reads_a_list():
    exchange, anna = await make()
    boris = await database_sync_to_async(make_participant)(exchange)
    lists = Socket(exchange, anna.person, b"lists")
    await lists.connect()
    first = (await lists.hear())["version"]
    await database_sync_to_async(ask)(sender=boris, recipient=anna, actor=None)
    assert await lists.hear() == {"version": first + 1, "own": True}
    assert await lists.receive_nothing(timeout=0.6)
    await lists.leave()


@in_a_loop
async def test_what_concerns_her_is_told_even_after_a_later_change_of_others():
    """Processes that publish at the same time may do so in another order than they wrote."""
    exchange, anna = await make()
    tell = database_sync_to_async(tell_of_change)
    lists = Socket(exchange, anna.person, b"lists")
    await lists.connect()
    first = (await lists.hear())["version"]
    await tell(exchange.event_id, first + 2, [10_000])
    assert await lists.hear() == {"version": first + 2}
    await tell(exchange.event_id, first + 1, [anna.person.pk])
    assert await lists.hear() == {"version": first + 1, "own": True}
    await lists.leave()


@in_a_loop
async def test_who_was_cut_off_hears_the_number_anew():
    exchange, anna = await make()
    socket = Socket(exchange, anna.person)
    await socket.connect()
    first = (await socket.hear())["version"]
    await Exchange.objects.aupdate(version=first + 7)
    layer = get_channel_layer()
    await layer.group_send(f"event.{exchange.event_id}.exchange", MISSED)
    assert json.loads((await socket.receive_output(timeout=MISSED_WITHIN + 2))["text"]) == {
        "version": first + 7
    }
    await socket.leave()


@in_a_loop
async def test_who_may_not_know_of_it_any_more_is_closed_after_a_cut():
    exchange, anna = await make()
    socket = Socket(exchange, anna.person)
    await socket.connect()
    await socket.hear()
    await ExchangeProfile.objects.filter(pk=anna.pk).aupdate(state="left")
    await get_channel_layer().group_send(f"event.{exchange.event_id}.exchange", MISSED)
    assert (await socket.receive_output(timeout=MISSED_WITHIN + 2)) == {
        "type": "websocket.close",
        "code": 4404,
    }


@in_a_loop
async def test_a_change_of_many_reaches_each_of_them():
    """Above so many people the one group of everybody is told, in which each page asks whether it is meant."""
    exchange, anna = await make()
    boris = await database_sync_to_async(make_participant)(exchange)
    sockets = [Socket(exchange, one.person) for one in (anna, boris)]
    for socket in sockets:
        await socket.connect()
        first = (await socket.hear())["version"]
    crowd = [anna.person.pk, *range(10_000, 10_000 + FEW)]
    await database_sync_to_async(tell_of_change)(exchange.event_id, first + 1, crowd)
    assert await sockets[0].hear() == {"version": first + 1, "own": True}
    assert await sockets[1].receive_nothing(timeout=0.3)
    for socket in sockets:
        await socket.leave()


@in_a_loop
async def test_who_leaves_is_closed_and_others_are_not():
    exchange, anna = await make()
    boris = await database_sync_to_async(make_participant)(exchange)
    sockets = [Socket(exchange, one.person) for one in (anna, boris)]
    for socket in sockets:
        await socket.connect()
        await socket.hear()
    await database_sync_to_async(leave_exchange)(profile=anna, actor=None)
    seen = [await sockets[0].receive_output(), await sockets[0].receive_output()]
    assert {"type": "websocket.close", "code": 4404} in [
        {key: one[key] for key in ("type", "code") if key in one} for one in seen
    ]
    assert "version" in await sockets[1].hear()
    await sockets[1].leave()


@pytest.mark.parametrize(("text", "code"), [("hello", 1008), ("x" * 2_000_000, 1009)])
@in_a_loop
async def test_nothing_is_read_from_pages(text, code):
    exchange, anna = await make()
    socket = Socket(exchange, anna.person)
    await socket.connect()
    await socket.hear()
    await socket.send_input({"type": "websocket.receive", "text": text})
    assert (await socket.receive_output())["code"] == code
