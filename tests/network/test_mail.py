"""Mail keeps all of itself on its way through the outbox."""

import smtplib
from email.message import MIMEPart

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail

from network.mail import enqueue_mail, from_payload, message_id, to_payload
from network.models import OutboxMessage, OutboxState

pytestmark = pytest.mark.django_db


def full_message():
    message = EmailMultiAlternatives(
        "Программа — Session",
        "Здравствуйте\n",
        "Plenum <plenum@example.org>",
        ["Вера <vera@example.org>", "two@example.org"],
        cc=["cc@example.org"],
        bcc=["bcc@example.org"],
        reply_to=["team@example.org"],
        headers={"List-Unsubscribe": "<https://example.org/u>"},
    )
    message.attach_alternative("<p>Здравствуйте</p>", "text/html")
    message.attach("день.ics", "BEGIN:VCALENDAR\r\n", "text/calendar")
    message.attach("badge.pdf", b"%PDF-1.7\x00\xff", "application/pdf")
    part = MIMEPart()
    part.set_content(b"\x89PNG", maintype="image", subtype="png", cid="<logo>")
    message.attach(part)
    return message


def shape(message):
    """Return headers but the boundary ones, and each part's type, name and content."""
    plain = message.message()
    parts = [
        (part.get_content_type(), part.get_filename(), part.get_payload(decode=True))
        for part in plain.walk()
        if not part.is_multipart()
    ]
    headers = {k: v for k, v in plain.items() if k not in {"Date", "Message-ID", "Content-Type"}}
    return headers, parts, message.recipients()


def test_all_of_a_message_survives_the_outbox():
    message = full_message()
    assert shape(from_payload(to_payload(message), key="k")) == shape(message)


def test_html_only_mail_stays_html():
    message = EmailMessage("s", "<b>x</b>", to=["a@example.org"])
    message.content_subtype = "html"
    assert from_payload(to_payload(message), key="k").message().get_content_type() == "text/html"


def test_mail_is_written_first_and_sent_by_the_delivery(outbox_mail, mailoutbox):
    send_mail("Hello", "Text", None, ["vera@example.org"])
    assert mailoutbox == []
    arrived = outbox_mail()
    assert [(mail.subject, mail.to, mail.sent_using) for mail in arrived] == [
        ("Hello", ["vera@example.org"], "delivery")
    ]
    assert outbox_mail() == []


def test_a_second_delivery_carries_the_same_message_id(outbox_mail):
    send_mail("Hello", "Text", None, ["vera@example.org"])
    first = outbox_mail()[0].message()["Message-ID"]
    OutboxMessage.objects.update(state=OutboxState.WAITING, delivered_at=None)
    assert outbox_mail()[0].message()["Message-ID"] == first == message_id(OutboxMessage.objects.get().key)


def test_a_mail_with_a_key_is_sent_once(outbox_mail):
    for _turn in range(2):
        enqueue_mail(EmailMessage("s", "b", to=["a@example.org"]), key="registration:7:confirmed")
    assert len(outbox_mail()) == 1


def test_a_line_break_in_a_header_is_refused_when_it_is_written(outbox_mail):
    with pytest.raises(ValueError, match=r"newline|linefeed|CR or LF"):
        send_mail("Hello\nBcc: all@example.org", "x", None, ["a@example.org"])
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    ("subject", "to"),
    [
        ("s", "a@example.org\nBcc: all@example.org"),
        ("s\r\nTo: all@example.org", "a@example.org"),
        ("s", "a@example.org,\rb@example.org"),
    ],
)
def test_a_line_break_is_refused_wherever_it_stands(subject, to):
    with pytest.raises(ValueError, match=r"newline|linefeed|CR or LF"):
        enqueue_mail(EmailMessage(subject, "b", to=[to]), key="k")
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize(
    "to", ["Вера <vera@example.org>", "o'hara@example.org", "vera@почта.рф", "v..a@example.org"]
)
def test_an_uncommon_address_is_written_as_before(to):
    enqueue_mail(EmailMessage("Программа\u2028", "b", to=[to]), key="k")
    assert OutboxMessage.objects.get().payload["to"] == [to]


class RefusingMailer:
    """A mail server that knows nobody."""

    code = 550

    def __init__(self, alias=None):
        pass

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"a@example.org": (self.code, b"no such a@example.org")})


class BusyMailer(RefusingMailer):
    """A mail server that wants to be asked later."""

    code = 451


@pytest.mark.parametrize(
    ("mailer", "state", "error"),
    [
        ("RefusingMailer", OutboxState.FAILED, "recipient refused 550"),
        ("BusyMailer", OutboxState.WAITING, "SMTPRecipientsRefused"),
    ],
)
def test_a_refused_address_fails_at_once_and_a_busy_server_is_tried_again(
    outbox_mail, settings, mailer, state, error
):
    send_mail("Hello", "Text", None, ["a@example.org"])
    settings.MAILERS = {**settings.MAILERS, "delivery": {"BACKEND": f"{__name__}.{mailer}"}}
    outbox_mail()
    message = OutboxMessage.objects.get()
    assert (message.state, message.last_error) == (state, error)
