"""Open programme pages hear of a release, and get nothing but its number."""

import json

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator

from config.asgi import application
from sessions_app.programme.models import Session
from sessions_app.programme.services.releasing import release_programme
from tests.factories import make_released_event

pytestmark = pytest.mark.django_db(transaction=True)


class Page:
    """An open programme page, as far as its socket goes."""

    def __init__(self, slug: str, origin: bytes = b"http://testserver") -> None:
        scope = {
            "type": "websocket",
            "path": f"/ws/events/{slug}/",
            "query_string": b"",
            "headers": [(b"origin", origin), (b"host", b"testserver")],
            "subprotocols": [],
        }
        self.socket = ApplicationCommunicator(application, scope)

    async def open(self) -> dict:
        """Return the server's answer to the handshake."""
        await self.socket.send_input({"type": "websocket.connect"})
        return await self.socket.receive_output(timeout=5)

    async def hear(self) -> dict:
        return json.loads((await self.socket.receive_output(timeout=5))["text"])

    async def say(self, text: str) -> dict:
        await self.socket.send_input({"type": "websocket.receive", "text": text})
        return await self.socket.receive_output(timeout=5)

    async def close(self) -> None:
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(timeout=5)


@pytest.mark.asyncio
async def test_a_page_gets_the_newest_number_on_connecting_and_after_each_release():
    event, _ = await sync_to_async(make_released_event)()
    page = Page(event.slug)
    assert (await page.open())["type"] == "websocket.accept"
    assert await page.hear() == {"release": 1}
    await sync_to_async(Session.objects.filter(event=event).update)(title_en="Renamed")
    await sync_to_async(release_programme)(event=event, actor=None, note="Second")
    assert await page.hear() == {"release": 2}
    await page.close()


@pytest.mark.asyncio
async def test_an_event_that_is_not_public_is_refused():
    event, _ = await sync_to_async(make_released_event)(is_public=False)
    assert (await Page(event.slug).open()) == {"type": "websocket.close", "code": 4404}


@pytest.mark.asyncio
async def test_a_foreign_origin_is_refused():
    event, _ = await sync_to_async(make_released_event)()
    answer = await Page(event.slug, origin=b"http://elsewhere.example").open()
    assert answer["type"] == "websocket.close"


@pytest.mark.asyncio
async def test_a_page_that_talks_is_closed():
    event, _ = await sync_to_async(make_released_event)()
    page = Page(event.slug)
    await page.open()
    await page.hear()
    assert (await page.say("x" * 2_000_000))["code"] == 1009
