"""Sending a day's files from the desk: the camera of each, what waits, and pieces that come damaged."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, Route, expect

from media_archive.models import CameraFile, Recording, Upload
from media_archive.services.filming import camera_of, open_recording
from tests.browser.conftest import WIDTHS, OpenPage, assert_accessible, assert_fits, take_picture, until
from tests.factories import make_event, make_team_member
from tests.media_archive.asgi import ask
from tests.media_archive.conftest import START

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PIECE = 3000
DAY = {
    name: hashlib.shake_128(name.encode()).digest(10_000 + 100 * number)
    for number, name in enumerate(("closer-1.mp4", "closer-2.mp4", "farther_part1.mp4", "farther_part2.mp4"))
}


class Server:
    """Lets the page speak with ``media_archive.uploads``, which stands before Django; pieces can be damaged on the way."""

    def __init__(self) -> None:
        self.damaged: set[int] = set()  # offsets where it happens, once each
        self.cut_at: int | None = None  # the line is gone from this offset on
        self.asked: list[tuple[str, int, int]] = []  # method, offset, status

    def answer(self, route: Route) -> None:
        """Answer a request of the page's tus client."""
        request, headers = route.request, route.request.all_headers()
        offset = int(headers.get("upload-offset", 0))
        if request.method == "PATCH" and self.cut_at is not None and offset >= self.cut_at:
            route.abort("connectionfailed")
            return
        body = request.post_data_buffer or b""
        if request.method == "PATCH" and offset in self.damaged:
            self.damaged.remove(offset)
            body = body[:-1] + bytes([body[-1] ^ 1])
        path = "/media-uploads/" + request.url.partition("/media-uploads/")[2]

        def pass_on() -> Any:
            try:
                return ask(path, request.method, headers, (body,))
            finally:
                connection.close()  # this thread's own

        with ThreadPoolExecutor(1) as apart:  # Playwright's loop runs in this thread
            told = apart.submit(pass_on).result()
        self.asked.append((request.method, offset, told.status))
        route.fulfill(status=told.status, headers=told.headers, body=told.body)


@pytest.fixture
def recording(transactional_db: None, settings: Any, tmp_path: Any) -> Recording:
    settings.MEDIA_ROOT = tmp_path / "media"
    return open_recording(
        event=make_event(sessions=0, slug="forum"),
        date=START.date(),
        room_name="Main hall",
        actor=None,
        starts_at=START,
    )


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def desk(recording: Recording, server: Server, browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Return a function that opens the recording's page as its editor, with pieces so small that files have several.

    Complaints on the console fail the test; ``ignores`` stands in those that it causes itself.
    """
    client = Client()
    editor = make_team_member(recording.event, "media_editor")
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
    contexts, complaints = [], []

    def open_at(
        *, width: int = 1280, theme: str = "light", ignores: str = "WebSocket", **options: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": WIDTHS[width]},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            base_url=live_server.url,
            **options,
        )
        contexts.append(context)
        context.add_cookies([cookie])
        context.route("**/media-uploads/**", server.answer)
        page = context.new_page()
        page.on(
            "console",
            lambda told: (
                complaints.append(told.text)
                if told.type in {"error", "warning"} and not re.search(f"WebSocket|{ignores}", told.text)
                else None
            ),
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(reverse("backoffice_recording", args=(recording.event.slug, recording.code)))
        cut_small(page)
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def cut_small(page: Page) -> None:
    page.evaluate(
        "size => { const upload = customElements.get('recording-upload'); if (upload) upload.pieceSize = size; }",
        PIECE,
    )


def choose(page: Page, files: dict[str, bytes]) -> None:
    page.locator("#camera-files").set_input_files(
        [{"name": name, "mimeType": "video/mp4", "buffer": content} for name, content in files.items()]
    )


def drop(page: Page, files: dict[str, bytes]) -> None:
    page.evaluate(
        """files => {
          const dataTransfer = new DataTransfer();
          for (const [name, bytes] of Object.entries(files)) dataTransfer.items.add(new File([new Uint8Array(bytes)], name, { lastModified: 1 }));
          document.querySelector(".ma-drop").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
        }""",
        {name: list(content) for name, content in files.items()},
    )


def send(page: Page) -> None:
    page.locator("recording-upload").get_by_role("button", name="Send").click()


def camera(page: Page, name: str) -> Locator:
    return page.get_by_label(f"Camera {name}", exact=True)


def cameras(page: Page) -> list[str]:
    return [field.input_value() for field in page.locator(".ma-waiting input").all()]


def arrived(page: Page, count: int) -> set[tuple[str, str, str]]:
    """Return camera, name and hash of what is in the archive, once so many files are."""
    expect(page.locator(".ma-file")).to_have_count(count)  # the page loads itself anew when all are there
    return {
        (file.camera.label, file.name, hashlib.sha256(file.source.read_bytes()).hexdigest())
        for file in CameraFile.objects.select_related("camera")
    }


def expected(**labels: str) -> set[tuple[str, str, str]]:
    files = {name: next((labels[word] for word in labels if name.startswith(word)), None) for name in DAY}
    return {
        (label, name, hashlib.sha256(DAY[name]).hexdigest())
        for name, label in files.items()
        if label is not None
    }


def test_guesses_the_camera_by_the_file_s_name(desk: OpenPage) -> None:
    names = [
        ("closer-1.mp4", [], "closer"),
        ("closer_part2.mp4", [], "closer"),
        ("closer (3).mp4", [], "closer"),
        ("closer part 1 of 3 (2).mp4", [], "closer"),
        ("зал, часть 2.mov", [], "зал,"),
        ("C0001.MP4", [], "C"),
        ("C0002.MP4", [], "C"),
        ("GX010042.MP4", [], "GoPro 0042"),
        ("GX020042.MP4", [], "GoPro 0042"),
        ("GOPR0042.MP4", [], "GoPro 0042"),
        ("GP010042.MP4", [], "GoPro 0042"),
        ("camera-1.mp4", [], "camera 1"),
        ("camera_1_002.mp4", [], "camera 1"),
        ("Cam2 (1).mp4", [], "Cam 2"),
        ("Ка\u0438\u0306мера-2.mp4", [], "Каймера"),  # "й" in two signs, as macOS writes it
        ("камера-2.mp4", [], "камера 2"),
        ("webcam-1.mp4", [], "webcam"),
        ("00001.MTS", [], "00001"),
        ("2018-07-25.mp4", [], "2018-07-25"),
        ("closer", [], "closer"),
        ("2018 CLOSER day.mp4", ["closer"], "closer"),
        ("disclosers.mp4", ["closer"], "disclosers"),
        ("closer2.mp4", ["close"], "closer"),
        ("hall-balcony-left-1.mp4", ["balcony", "balcony left"], "balcony left"),
        ("camera-10.mp4", ["camera 1"], "camera 10"),
        ("CAMERA-1-2.mp4", ["camera 1"], "camera 1"),
        ("closer-1.mp4", ["1"], "closer"),
        ("a (b.mp4", ["(b"], "(b"),
        (f"{'x' * 90}.mp4", [], "x" * 80),
    ]
    told = desk().evaluate(
        """async names => {
          const { guessCamera } = await import('/static/media_archive/upload/camera_names.js');
          return names.map(([name, known]) => guessCamera(name, known));
        }""",
        [[name, known] for name, known, _guess in names],
    )
    assert dict(zip([name for name, *_ in names], told, strict=True)) == {n: guess for n, _, guess in names}


def test_files_of_two_cameras_that_are_dropped_at_once_arrive_under_theirs(
    desk: OpenPage, recording: Recording, server: Server
) -> None:
    camera_of(recording=recording, label="Farther")
    page = desk()
    drop(page, DAY)
    assert cameras(page) == ["closer", "closer", "Farther", "Farther"]
    expect(page.locator(".ma-waiting [role=status]")).to_contain_text("Not sent yet: 4 (39.6 kB)")
    options = page.locator("#labels option").evaluate_all("all => all.map(one => one.value)")
    assert options == ["Farther", "closer"]
    assert not Upload.objects.exists()
    send(page)
    assert arrived(page, 4) == expected(closer="closer", farther="Farther")
    assert {status for method, _offset, status in server.asked if method == "PATCH"} == {204}


def test_cameras_are_changed_by_hand_one_by_one_or_all(desk: OpenPage) -> None:
    page = desk()
    choose(page, DAY)
    camera(page, "closer-2.mp4").fill("stage")
    assert cameras(page) == ["closer", "stage", "farther", "farther"]
    page.get_by_label("Camera", exact=True).first.fill("hall")
    assert cameras(page) == ["hall", "stage", "hall", "hall"]
    page.get_by_label("Camera", exact=True).first.fill("")
    assert cameras(page) == ["closer", "stage", "farther", "farther"]
    camera(page, "farther_part1.mp4").fill("balcony")
    camera(page, "farther_part1.mp4").press("Enter")
    assert page.locator(".ma-waiting li").count() == 4, "a name that is confirmed sends nothing"
    send(page)
    closer, stage = expected(**{"closer-1": "closer"}), expected(**{"closer-2": "stage"})
    balcony, farther = (
        expected(**{"farther_part1": "balcony"}),
        expected(**{"farther_part2": "farther"}),
    )
    assert arrived(page, 4) == closer | stage | balcony | farther


def test_what_is_removed_is_not_sent_and_the_keyboard_keeps_its_place(desk: OpenPage) -> None:
    page = desk()
    choose(page, {name: DAY[name] for name in ("closer-1.mp4", "farther_part1.mp4")})
    choose(page, {"closer-2.mp4": DAY["closer-2.mp4"]})  # behind those that wait
    page.get_by_role("button", name="Remove farther_part1.mp4").press("Enter")
    expect(page.get_by_role("button", name="Remove closer-2.mp4")).to_be_focused()
    expect(page.locator(".ma-waiting [role=status]")).to_contain_text("Not sent yet: 2 ")
    send(page)
    assert arrived(page, 2) == expected(closer="closer")
    assert Upload.objects.count() == 2


def test_without_files_send_says_what_is_missing(desk: OpenPage) -> None:
    page = desk()
    choose(page, {"closer-1.mp4": DAY["closer-1.mp4"]})
    page.get_by_role("button", name="Remove closer-1.mp4").press("Enter")
    expect(page.locator("#camera-files")).to_be_focused()
    page.get_by_label("Camera", exact=True).first.focus()
    send(page)
    files = page.locator("#camera-files")
    expect(files).to_be_focused()
    assert files.evaluate("field => field.validationMessage").startswith("Choose the files")
    choose(page, {"closer-1.mp4": DAY["closer-1.mp4"]})
    send(page)
    assert arrived(page, 1) == expected(**{"closer-1": "closer"})


def test_a_damaged_piece_is_sent_again(desk: OpenPage, server: Server) -> None:
    name = "closer-1.mp4"
    server.damaged = {0, PIECE, len(DAY[name]) // PIECE * PIECE}
    page = desk(ignores="460")
    choose(page, {name: DAY[name]})
    send(page)
    assert arrived(page, 1) == expected(**{"closer-1": "closer"})
    assert not server.damaged
    patches = [(offset, status) for method, offset, status in server.asked if method == "PATCH"]
    assert patches == [(0, 460), (0, 204), (3000, 460), (3000, 204), (6000, 204), (9000, 460), (9000, 204)]


def test_an_upload_goes_on_under_the_camera_it_was_begun_with(desk: OpenPage, server: Server) -> None:
    server.cut_at = 2 * PIECE
    page = desk(ignores="ERR_CONNECTION_FAILED")
    file = {"closer-1.mp4": DAY["closer-1.mp4"]}
    drop(page, file)
    camera(page, "closer-1.mp4").fill("stage")
    send(page)
    expect(page.locator(".ma-uploads li")).to_contain_text("the line is gone")
    page.reload()
    cut_small(page)
    server.cut_at = None
    drop(page, file)
    expect(camera(page, "closer-1.mp4")).to_have_value("stage")
    send(page)
    assert arrived(page, 1) == expected(**{"closer-1": "stage"})
    assert Upload.objects.count() == 1
    assert [o for method, o, _status in server.asked if method == "PATCH"] == [0, 3000, 6000, 9000]


def test_another_camera_begins_an_upload_anew(desk: OpenPage, server: Server) -> None:
    server.cut_at = PIECE
    page = desk(ignores="ERR_CONNECTION_FAILED")
    file = {"closer-1.mp4": DAY["closer-1.mp4"]}
    drop(page, file)
    send(page)
    expect(page.locator(".ma-uploads li")).to_contain_text("the line is gone")
    page.reload()
    server.cut_at = None
    drop(page, file)
    camera(page, "closer-1.mp4").fill("stage")
    send(page)
    assert arrived(page, 1) == expected(**{"closer-1": "stage"})
    assert Upload.objects.filter(finished_at=None).count() == 1


def test_without_script_one_file_is_sent_under_one_label(desk: OpenPage) -> None:
    page = desk(java_script_enabled=False)
    page.get_by_label("Camera", exact=True).first.fill("stage")
    choose(page, {"closer-1.mp4": DAY["closer-1.mp4"]})
    send(page)
    assert arrived(page, 1) == expected(**{"closer-1": "stage"})


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_list_fits_and_is_accessible(desk: OpenPage, width: int, theme: str) -> None:
    page = desk(width=width, theme=theme)
    choose(page, {**DAY, f"{'a_long_name_' * 8}.mp4": b"x"})
    until(page, "document.querySelectorAll('.ma-waiting li').length === 5")
    assert_fits(page)
    assert_accessible(page)
    take_picture(page, f"upload-cameras-{width}-{theme}")


def test_three_files_are_sent_at_a_time_and_the_others_by_turns(
    desk: Any, server: Server, recording: Recording
) -> None:
    """A browser keeps six lines to a server: a day of fifteen files must leave some to the page."""
    page = desk()
    days = {f"closer-{number}.mp4": bytes([number]) * 9000 for number in range(5)}
    choose(page, days)
    page.get_by_role("button", name="Send", exact=True).click()
    until(page, "document.querySelectorAll('.ma-uploads li').length === 5")
    expect(page.get_by_text("arrived: it is being worked on")).to_have_count(5)
    assert CameraFile.objects.filter(camera__recording=recording).count() == 5
    # The fourth file begins only behind the last piece of one of the first three.
    begun = [
        number
        for number, (method, offset, _status) in enumerate(server.asked)
        if (method, offset) == ("PATCH", 0)
    ]
    ended = [
        number
        for number, (method, offset, _status) in enumerate(server.asked)
        if (method, offset) == ("PATCH", 6000)
    ]
    assert begun[3] > ended[0]
    assert begun[4] > ended[1]
