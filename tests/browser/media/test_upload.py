"""Sending a film from the desk: what the page says while the server's disk is full, and after it."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect
from wagtail.users.models import UserProfile

from media_archive.models import Upload
from media_archive.services.filming import open_recording
from tests.browser.conftest import PATIENT, take_picture
from tests.factories import make_event, make_team_member
from tests.media_archive.conftest import START

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CONTENT = bytes(range(256)) * 400


class Server:
    """Answers as ``media_archive.uploads`` does, which stands before Django; its disk has room for some bytes."""

    def __init__(self, room: int) -> None:
        self.room, self.arrived, self.asked = room, b"", 0

    def answer(self, route: Route) -> None:
        """Answer a request of the page's tus client."""
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(len(CONTENT))}
        status, words = 200, ""
        if route.request.method == "PATCH":
            self.asked += 1
            body = route.request.post_data_buffer or b""
            assert int(route.request.headers["upload-offset"]) == len(self.arrived)
            self.arrived += body[: self.room - len(self.arrived)]
            is_full = len(self.arrived) < len(CONTENT)
            status, words = (507, "There is no room left on the server.") if is_full else (204, "")
        route.fulfill(status=status, body=words, headers={**headers, "Upload-Offset": str(len(self.arrived))})


def a_minute_later(page: Page, server: Server) -> None:
    """Let minutes pass until the page has sent again; it begins to wait when it has heard the last answer."""
    asked, deadline = server.asked, time.monotonic() + PATIENT / 1000
    while server.asked == asked:
        assert time.monotonic() < deadline, "the page does not try again"
        page.clock.fast_forward(61_000)
        page.wait_for_timeout(100)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "there is no room left on the server; what has arrived is kept"),
        ("ru", "на сервере кончилось место; что пришло, сохранено"),
    ],
)
def test_a_full_disk_is_told_and_the_upload_goes_on_by_itself(
    browser: Browser, live_server: Any, tmp_path: Any, language: str, words: str
) -> None:
    event = make_event(sessions=0, slug="forum")
    recording = open_recording(
        event=event, date=START.date(), room_name="Main hall", actor=None, starts_at=START
    )
    client = Client()
    editor = make_team_member(event, "media_editor")
    UserProfile.objects.update_or_create(user=editor, defaults={"preferred_language": language})
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.new_page(base_url=live_server.url)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    server = Server(room=1000)
    page.context.route("**/media-uploads/**", server.answer)
    page.clock.install()
    page.goto(reverse("backoffice_recording", args=(event.slug, recording.code)))
    page.locator("recording-upload input[type=file]").set_input_files(
        {"name": "hall.mp4", "mimeType": "video/mp4", "buffer": CONTENT}
    )
    page.locator("recording-upload form > button").click()
    row = page.locator("recording-upload li")
    expect(row).to_contain_text(words)
    take_picture(page, f"upload-no-room-{language}")
    a_minute_later(page, server)
    expect(row).to_contain_text(words)
    server.room = len(CONTENT)
    a_minute_later(page, server)
    expect(row.locator("progress")).to_have_js_property("value", 1)
    assert server.arrived == CONTENT
    assert Upload.objects.count() == 1
    page.context.close()
