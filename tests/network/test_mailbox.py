"""The demo's mailbox shows codes to a newcomer, and to nobody outside the demo."""

import pytest
from django.core.mail import send_mail

from network.web.mailbox import read_mails

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings, tmp_path):
    settings.DEMO = True
    settings.VAR_DIR = tmp_path
    file_mail = {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(tmp_path / "mail")},
    }
    settings.MAILERS = {"default": file_mail, "delivery": file_mail}
    return tmp_path / "mail"


def test_the_mailbox_is_empty_first_and_then_shows_code_and_text(client, demo):
    assert "No mail yet" in client.get("/demo/mail/").text
    send_mail("123456 is your code", "Введите код:\n\n123456\n\nEnd <b>", None, ["вера@plenum.example"])
    page = client.get("/demo/mail/")
    assert "<code>123456</code>" in page.text
    assert "Введите код" in page.text
    assert "<b>" not in page.text.split("Введите код")[1].split("</article>")[0]
    assert "no-store" in page["Cache-Control"]


def test_a_real_code_arrives_in_the_mailbox(client, demo):
    client.post("/en/account/login/code/", {"email": "nobody@plenum.example"})
    (mail,) = read_mails(demo)
    assert (mail.to, mail.code) == ("nobody@plenum.example", "")
    assert "No account" in mail.subject


def test_there_is_no_mailbox_outside_the_demo(client, settings):
    settings.DEMO = settings.DEBUG = False
    assert client.get("/demo/mail/").status_code == 404
