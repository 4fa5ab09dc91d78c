"""Letters that came back are known by the address they went out under, and nobody can make that up."""

import io
import uuid

import pytest
from django.core.management import call_command

from network.bounces import Bounce, note_bounce, read_bounce, return_address
from network.delivery import deliver_due
from network.mail import EmailMessage, enqueue_mail
from network.models import AuditEntry, OutboxMessage, OutboxState
from network.services import send_again
from tests.factories import PersonFactory

pytestmark = pytest.mark.django_db

REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; vera@example.org
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 <vera@example.org>: no such user

--b--
"""


@pytest.fixture(autouse=True)
def _address(settings):
    settings.BOUNCE_ADDRESS = "bounces@plenum.example"


def report(message: OutboxMessage, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    return REPORT.format(to=return_address(message.pk), action=action, status=status).encode()


def sent() -> OutboxMessage:
    """Return a letter that a mail server has taken."""
    letter = enqueue_mail(EmailMessage("Hello", "Text", None, ["vera@example.org"]), key="k")
    assert deliver_due() == 1
    letter.refresh_from_db()
    return letter


def test_the_envelope_names_the_letter_and_the_header_stays(mailoutbox, settings):
    letter = sent()
    (mail,) = mailoutbox
    assert mail.from_email == return_address(letter.pk)
    assert mail.message()["From"] == settings.DEFAULT_FROM_EMAIL
    assert len(mail.from_email.partition("@")[0]) <= 64  # RFC 5321


def test_without_an_address_for_bounces_letters_go_out_as_ever(mailoutbox, settings):
    settings.BOUNCE_ADDRESS = ""
    sent()
    assert mailoutbox[0].from_email == settings.DEFAULT_FROM_EMAIL


def test_a_letter_that_came_back_counts_as_failed_and_can_be_sent_again():
    letter = sent()
    bounce = read_bounce(report(letter))
    assert bounce == Bounce(message=letter.pk, status="5.1.1")
    assert note_bounce(bounce)
    assert not note_bounce(bounce)
    letter.refresh_from_db()
    assert (letter.state, letter.last_error) == (OutboxState.FAILED, "came back 5.1.1")
    assert AuditEntry.objects.get(action="outbox.came_back").object_id == str(letter.pk)
    send_again(message=letter, actor=PersonFactory())
    letter.refresh_from_db()
    assert letter.state == OutboxState.WAITING


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "2.0.0")]
)
def test_other_reports_mean_nothing(action, status):
    assert read_bounce(report(sent(), action=action, status=status)) is None


def test_an_answer_or_a_note_of_absence_means_nothing():
    letter = sent()
    text = f"From: vera@example.org\nTo: {return_address(letter.pk)}\n\nI am away. Action: failed\n"
    assert read_bounce(text.encode()) is None


def test_nobody_can_say_that_a_letter_came_back_without_its_signature():
    letter = sent()
    good = return_address(letter.pk)
    other = good.replace(letter.pk.hex, uuid.uuid4().hex)
    forged = REPORT.format(to=other, action="failed", status="5.1.1").encode()
    assert read_bounce(forged) is None
    unsigned = good.replace(good.partition("-")[2].partition("@")[0], "0" * 16)
    assert read_bounce(REPORT.format(to=unsigned, action="failed", status="5.1.1").encode()) is None


def test_a_server_that_writes_addresses_its_own_way_is_understood(settings):
    letter = sent()
    raw = REPORT.format(to="postmaster@mx.example", action="failed", status="5.7.1 (blocked)").encode()
    bounce = read_bounce(raw, recipient=return_address(letter.pk).upper())
    assert bounce == Bounce(message=letter.pk, status="5.7.1")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key since"
    assert read_bounce(report(letter), recipient="") == Bounce(message=letter.pk, status="5.1.1")
    settings.SECRET_KEY_FALLBACKS = []


@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff" * 100, b"Content-Type: multipart/report\n\n--x\n--x--", b"\n" * 9]
)
def test_whatever_comes_is_passed_over_without_an_error(raw, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))
    said = io.StringIO()
    call_command("take_bounce", return_address(sent().pk), stdout=said)
    assert "Passed over" in said.getvalue()


def test_the_command_takes_a_report_from_a_pipe(monkeypatch):
    letter = sent()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(report(letter))))
    said = io.StringIO()
    call_command("take_bounce", stdout=said)
    assert str(letter.pk) in said.getvalue()
    letter.refresh_from_db()
    assert letter.state == OutboxState.FAILED
