"""The door with and without a network: what is shown, what waits, what arrives, and that it arrives once."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qrcode
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from network.models import Person
from sessions_app.admission.models import Gate, Scan
from sessions_app.admission.models import Rule as RuleRow
from sessions_app.admission.queries import forget_rules, valid_ticket
from sessions_app.admission.services.ticketing import block_ticket, code_of
from sessions_app.events.models import Event
from sessions_app.registration.models import Registration
from tests.browser.conftest import (
    PATIENT,
    THEMES,
    WIDTHS,
    assert_accessible,
    assert_fits,
    take_picture,
    until,
)
from tests.factories import make_open_event, make_registration, make_team_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CASES = json.loads((Path(__file__).parents[1] / "admission" / "rule_cases.json").read_text("utf-8"))
MODULES = "/static/admission/door"
NOTHING_KEPT = "caches.keys().then(names => !names.some(name => name.startsWith('plenum ')))"


class Door:
    """An event with two gates, guests, and a steward's phone."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.event, self.category = make_open_event(name_en="Cluster forum", name_ru="Кластерный форум")
        self.gates = [
            Gate.objects.create(event=self.event, slug=f"gate-{n}", name_en=f"Gate {n}", name_ru=f"Вход {n}")
            for n in (1, 2)
        ]
        self.steward = make_team_member(self.event, "door_steward")
        self.contexts: list[BrowserContext] = []
        forget_rules(self.event.pk)

    def guest(self, name: str = "Anna Ivanova") -> Registration:
        return make_registration(self.event, self.category, name=name)

    def window(self, person: Person, **options: Any) -> Page:
        options.setdefault("viewport", {"width": 360, "height": 740})
        context = self.browser.new_context(base_url=self.address, reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENT)
        self.contexts.append(context)
        self.sign_in(context, person)
        return context.new_page()

    def sign_in(self, context: BrowserContext, person: Person) -> None:
        client = Client()
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        value = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": value, "url": self.address}])

    def open(self, gate: str = "gate-1", language: str = "en", **options: Any) -> Page:
        page = self.window(self.steward, **options)
        page.goto(f"/{language}/door/{self.event.slug}/")
        page.locator("#gate").select_option(gate)
        expect(page.locator("#ready")).to_have_attribute("data-ready", "true", timeout=PATIENT)
        return page


@pytest.fixture
def door(browser: Browser, live_server: Any) -> Any:
    opened = Door(browser, live_server.url.replace("127.0.0.1", "localhost"))
    yield opened
    for context in opened.contexts:
        context.close()


def scan(page: Page, registration: Registration) -> None:
    """Type as a hardware scanner does: anywhere on the page, and Enter."""
    page.keyboard.type(code_of(valid_ticket(registration)))
    page.keyboard.press("Enter")


def shows(page: Page, tone: str, word: str) -> None:
    answer = page.locator("#answer")
    expect(answer).to_have_attribute("data-tone", tone, timeout=PATIENT)
    expect(answer.locator("[data-part=word]")).to_have_text(word, timeout=PATIENT)
    expect(answer).to_be_visible()


def entries(event: Event) -> int:
    return Scan.objects.filter(event=event, is_entry=True).count()


def until_sent(page: Page) -> None:
    expect(page.locator("#waiting")).to_have_text("All sent", timeout=PATIENT)


def test_on_line_the_first_scan_is_green_and_the_second_red_with_time_and_gate(door: Door) -> None:
    guest = door.guest()
    page = door.open()
    scan(page, guest)
    shows(page, "go", "Come in")
    expect(page.locator("#answer")).to_contain_text("Anna Ivanova")
    expect(page.locator("#answer")).to_contain_text("Category 1")
    expect(page.locator("#say")).to_contain_text("Come in. Anna Ivanova")
    assert entries(door.event) == 1
    scan(page, guest)  # while the answer still stands
    shows(page, "stop", "Already in")
    expect(page.locator("[data-part=detail]")).to_have_text(re.compile(r"^\d\d:\d\d, Gate 1$"))
    expect(page.locator("#answer")).to_be_hidden(timeout=PATIENT)  # by itself
    page.locator("#last").get_by_role("button", name="Undo").click()
    expect(page.locator("#say")).to_have_text("Taken back")
    until_sent(page)
    expect(page.locator("#last li")).to_have_count(1)
    assert entries(door.event) == 0
    page.get_by_label("Characters under the code, or a name").fill("ivan")
    expect(page.locator("#found li .door__who")).to_have_text("Anna IvanovaCategory 1")
    page.locator("#found").get_by_role("button", name="Anna Ivanova").click()
    shows(page, "go", "Come in")


def test_without_a_network_scans_are_answered_wait_and_are_sent_once(door: Door) -> None:
    guest, blocked, late = door.guest(), door.guest("Boris Blocked"), door.guest("Late Guest")
    block_ticket(ticket=valid_ticket(blocked), actor=None, reason="Ask at the desk")
    page = door.open()
    sent: list[str] = []
    page.on(
        "request",
        lambda request: sent.append(request.post_data or "") if request.url.endswith("/scans") else None,
    )
    page.context.set_offline(True)
    scan(page, guest)
    shows(page, "go", "Come in")
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    expect(page.locator("#net")).to_have_text("No network")
    scan(page, guest)
    shows(page, "stop", "Already in")
    scan(page, blocked)
    shows(page, "stop", "Blocked")
    expect(page.locator("[data-part=detail]")).to_have_text("Ask at the desk")
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    assert not Scan.objects.exists()
    page.reload()  # the page and its list open without a network, and nothing that waits is lost
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    scan(page, late)
    shows(page, "go", "Come in")
    expect(page.locator("#waiting")).to_have_text("2 waiting to send")
    sent.clear()
    page.context.set_offline(False)
    until_sent(page)
    scans = list(Scan.objects.order_by("at"))
    assert [(one.ticket.registration, one.is_entry, one.is_offline) for one in scans] == [
        (guest, True, True),
        (late, True, True),
    ]
    assert {one.gate for one in scans} == {door.gates[0]}
    page.reload()
    expect(page.locator("#ready")).to_have_attribute("data-ready", "true", timeout=PATIENT)
    delivered = [one["nonce"] for body in sent if body for one in json.loads(body)["scans"]]
    assert sorted(delivered) == sorted(one.nonce for one in scans)


def test_a_gate_chosen_before_the_script_has_come_counts(door: Door) -> None:
    guest = door.guest()
    page = door.window(door.steward)
    script = "**/static/admission/door.js"
    held: list[Any] = []
    page.context.route(script, lambda route: route.continue_() if held else held.append(route))
    page.goto(f"/en/door/{door.event.slug}/", wait_until="commit")
    page.locator("#gate").select_option("gate-2")
    while not held:
        page.wait_for_timeout(50)
    held[0].continue_()
    expect(page.locator("#ready")).to_have_attribute("data-ready", "true", timeout=PATIENT)
    scan(page, guest)
    shows(page, "go", "Come in")
    until_sent(page)
    assert Scan.objects.get().gate == door.gates[1]


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_that_fails_keeps_nobody_waiting_and_loses_nothing(door: Door, status: int) -> None:
    guest = door.guest()
    page = door.open()
    fails = "**/api/v1/**"
    page.context.route(fails, lambda route: route.fulfill(status=status, body="no"))
    scan(page, guest)
    shows(page, "go", "Come in")
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    page.close()
    page.context.unroute(fails)
    again = page.context.new_page()
    again.goto(f"/en/door/{door.event.slug}/")
    until_sent(again)
    assert entries(door.event) == 1


def test_an_answer_that_never_came_is_no_second_scan(door: Door) -> None:
    """The server wrote the scan, its answer was lost: sent again with its nonce, it stays one."""
    guest = door.guest()
    page = door.open()
    page.context.route("**/redeem", lambda route: (route.fetch(), route.abort()))
    scan(page, guest)
    shows(page, "go", "Come in")
    page.context.unroute("**/redeem")
    until_sent(page)
    assert Scan.objects.count() == 1
    assert entries(door.event) == 1


def test_after_a_log_out_the_queue_stays_and_the_names_go(door: Door) -> None:
    guest = door.guest()
    page = door.open()
    page.context.set_offline(True)
    scan(page, guest)
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    page.context.clear_cookies(name="sessionid")
    page.context.set_offline(False)
    expect(page.locator("#log-in")).to_be_visible(timeout=PATIENT)
    expect(page.locator("#waiting")).to_have_text("1 waiting to send")
    expect(page.locator("#list-age")).to_have_text("No list yet", timeout=PATIENT)
    page.goto("/en/")  # a page that sees that nobody is signed in
    until(page, NOTHING_KEPT)
    door.sign_in(page.context, door.steward)
    page.goto(f"/en/door/{door.event.slug}/")
    until_sent(page)
    assert entries(door.event) == 1


@pytest.mark.parametrize("offline", [False, True])
def test_the_document_is_asked_for_and_may_be_refused(door: Door, offline: bool) -> None:
    RuleRow.objects.create(event=door.event, checks_document=True)
    guest, other = door.guest(), door.guest("Other")
    page = door.open()
    page.context.set_offline(offline)
    scan(page, other)
    shows(page, "hold", "Check the document")
    page.get_by_role("button", name="Refuse").click()
    expect(page.locator("#answer")).to_be_hidden()
    scan(page, guest)
    shows(page, "hold", "Check the document")
    page.get_by_role("button", name="The document is right").click()
    shows(page, "go", "Come in")
    page.context.set_offline(False)
    until_sent(page)
    assert [one.ticket.registration for one in Scan.objects.filter(is_entry=True)] == [guest]


def test_an_undo_without_a_network_arrives_too(door: Door) -> None:
    guest = door.guest()
    page = door.open()
    page.context.set_offline(True)
    scan(page, guest)
    shows(page, "go", "Come in")
    page.locator("#answer").get_by_role("button", name="Undo").click()
    expect(page.locator("#waiting")).to_have_text("2 waiting to send")
    page.context.set_offline(False)
    until_sent(page)
    assert entries(door.event) == 0
    assert Scan.objects.get().undone_at is not None


def test_the_script_and_the_server_agree_on_codes_and_rules(door: Door) -> None:
    guest = door.guest()
    ticket = valid_ticket(guest)
    text, public = code_of(ticket), bytes(ticket.key.public).hex()
    page = door.open()
    told = page.evaluate(
        """async ([cases, text, publicHex, base]) => {
          const { decide } = await import(`${base}/rules.js`);
          const { readCode, isGenuine, looksLikeCode } = await import(`${base}/codes.js`);
          const blank = { categories: [], gate: null, day: null, opens: null, closes: null, session: null, mode: "once" };
          const verdicts = cases.map(one => {
            const verdict = decide(one.rules.map(rule => ({ ...blank, ...rule })), {
              category: 1, gate: one.gate === undefined ? 1 : one.gate, at: new Date(one.at ?? "2026-09-14T06:00:00Z"),
              zone: one.zone ?? "Europe/Moscow", seats: one.seats ?? [], nonce: one.nonce ?? "n" });
            return verdict.refusal ? { refusal: verdict.refusal } : { rule: verdict.rule.id, scope: verdict.scope };
          });
          const library = document.body.dataset.ed25519;
          const read = readCode(` ${text.toLowerCase()} `);
          const broken = readCode(text.slice(0, 20) + (text[20] === "A" ? "B" : "A") + text.slice(21));
          const russian = [...text].map(c => "ФИСВУАПРШОЛДЬТЩЗЙКЫЕГМЦЧНЯ"["ABCDEFGHIJKLMNOPQRSTUVWXYZ".indexOf(c)] ?? c).join("");
          const checks = [];
          for (const native of [true, false]) for (const one of [read, broken])
            checks.push(await isGenuine(one, publicHex, library, native));
          return { verdicts, checks, fields: [read.event, read.registration, read.serial, read.key], layout: readCode(russian)?.registration,
            names: [looksLikeCode("Константин"), looksLikeCode("Anna Ivanova"), looksLikeCode(text)], none: readCode("P1" + "9".repeat(125)) };
        }""",
        [CASES, text, public, MODULES],
    )
    wrong = [
        (case["name"], verdict)
        for case, verdict in zip(CASES, told["verdicts"], strict=True)
        if verdict != case["expected"]
    ]
    assert not wrong
    assert told["checks"] == [True, False, True, False]
    assert told["fields"] == [door.event.pk, guest.pk, ticket.serial, ticket.key.number]
    assert told["layout"] == guest.pk
    assert told["names"] == [False, False, True]
    assert told["none"] is None
    until(
        page,
        """Promise.all([document.body.dataset.ed25519, document.body.dataset.qr, "/static/vendor/qr/index.js"]
          .map(file => caches.match(file))).then(files => files.every(Boolean))""",
    )


def test_a_ticket_opens_without_a_network_once_it_was_seen(door: Door) -> None:
    guest = door.guest()
    page = door.window(guest.person)
    page.goto(f"/en/me/tickets/{guest.code}/")
    until(page, "caches.match(location.pathname).then(page => page !== undefined)")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("img", name="QR code of the ticket")).to_be_visible()
    assert page.locator(".ticket__sheet").evaluate("sheet => getComputedStyle(sheet).display") == "grid"
    page.context.set_offline(False)
    page.context.clear_cookies(name="sessionid")
    page.goto("/en/")
    until(page, NOTHING_KEPT)


def every_look(door: Door, check: Callable[[Page, str], None]) -> None:
    for width, height in (*WIDTHS.items(), (740, 360)):
        for theme in THEMES:
            page = door.window(door.steward, viewport={"width": width, "height": height}, color_scheme=theme)
            check(page, f"{width}-{theme}")
            page.context.close()


def test_every_state_can_be_read_by_everybody(door: Door) -> None:
    names = iter(str(uuid.uuid4())[:8] for _number in range(100))

    def check(page: Page, look: str) -> None:
        guest = door.guest(f"Александра Константинопольская-{next(names)}")
        page.goto(f"/en/door/{door.event.slug}/")
        assert_accessible(page, f"choosing, {look}")
        assert_fits(page)
        page.locator("#gate").select_option("gate-2")
        expect(page.locator("#ready")).to_have_attribute("data-ready", "true", timeout=PATIENT)
        for tone, word in (("go", "Come in"), ("stop", "Already in")):
            scan(page, guest)
            shows(page, tone, word)
            assert_accessible(page, f"{tone}, {look}")
            assert_fits(page)
            take_picture(page, f"door-{tone}-{look}")
        page.keyboard.press("Escape")
        assert_accessible(page, f"page, {look}")
        assert_fits(page)
        take_picture(page, f"door-{look}")

    every_look(door, check)


def test_without_a_script_the_form_does_the_same(door: Door) -> None:
    guest = door.guest()
    page = door.window(door.steward, java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.goto(f"/ru/door/{door.event.slug}/")
    page.locator("#gate").select_option("gate-1")
    page.locator("#code").fill(guest.code)
    page.locator("#find button").click()
    expect(page.locator("#answer")).to_have_attribute("data-tone", "go")
    expect(page.locator("#answer")).to_contain_text("Anna Ivanova")
    expect(page.locator("#answer .icon--check").first).to_be_visible()


def film_of(text: str, path: Path) -> None:
    """Write one second of video (grey, 640×480) in which the code is held before a camera."""
    code = qrcode.QRCode(border=4, box_size=6, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    picture = code.make_image().get_image().convert("L")
    grey = Image.new("L", (640, 480), 200)
    grey.paste(picture, ((640 - picture.width) // 2, (480 - picture.height) // 2))
    frame = b"FRAME\n" + grey.tobytes() + bytes([128]) * (640 * 480 // 2)
    path.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + frame * 10)


def test_the_camera_reads_the_code_by_itself(
    door: Door, browser_type: BrowserType, browser_type_launch_args: dict[str, Any], tmp_path: Path
) -> None:
    guest = door.guest()
    film = tmp_path / "ticket.y4m"
    film_of(code_of(valid_ticket(guest)), film)
    flags = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    launched = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *flags]}
    door.browser = browser_type.launch(**launched)
    try:
        page = door.open()
        shows(page, "go", "Come in")
        expect(page.locator("#viewer")).to_have_attribute("data-state", "on")
        assert entries(door.event) == 1
        page.wait_for_timeout(1000)  # the code is still held there: it is not scanned again
        assert Scan.objects.count() == 1
    finally:
        door.browser.close()
        door.contexts.clear()
