"""Signing in and up: by code, by password, with a second factor; nobody learns who has an account."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.test import Client
from django.urls import reverse
from django.utils import translation

from network.models import Person
from tests.factories import EventFactory, PersonFactory, make_team_member

pytestmark = pytest.mark.django_db

LOGIN = "/en/account/login/"
BY_CODE = "/en/account/login/code/"
CONFIRM = "/en/account/login/code/confirm/"
SIGN_UP = "/en/account/signup/"
RESET = "/en/account/password/reset/"
RESET_CODE = "/en/account/password/reset/confirm/"
PASSWORD = "correct horse battery"


@pytest.fixture
def vera():
    person = PersonFactory(name="Vera", email="vera@plenum.example", password=PASSWORD)
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    return person


def code_in(letter):
    return re.search(r"^\d{6}$", letter.body, re.MULTILINE).group()


def is_in(client):
    return "_auth_user_id" in client.session


def totp_code(secret):
    return TOTP_FORMAT % hotp_value(secret, next(yield_hotp_counters_from_time()))


TOTP_FORMAT = "%06d"


def test_a_code_by_mail_signs_in_and_works_once(client, vera, outbox_mail):
    assert client.post(BY_CODE, {"email": vera.email}).status_code == 302
    (letter,) = outbox_mail()
    assert letter.to == [vera.email]
    code = code_in(letter)
    answer = client.post(CONFIRM, {"code": code})
    assert is_in(client)
    assert answer["Location"] == "/me/"
    client.logout()
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)


def test_a_code_of_one_browser_opens_nothing_in_another(client, vera, outbox_mail):
    client.post(BY_CODE, {"email": vera.email})
    code = code_in(outbox_mail()[0])
    other = Client()
    other.post(BY_CODE, {"email": vera.email})
    if code != code_in(outbox_mail()[0]):
        other.post(CONFIRM, {"code": code})
        assert not is_in(other)


def test_three_wrong_codes_end_the_attempt(client, vera, outbox_mail):
    client.post(BY_CODE, {"email": vera.email})
    code = code_in(outbox_mail()[0])
    wrong = "000000" if code != "000000" else "111111"
    for _turn in range(3):
        client.post(CONFIRM, {"code": wrong})
    client.post(CONFIRM, {"code": code})
    assert not is_in(client)


def test_a_password_signs_in_and_the_session_gets_a_new_id(client, vera):
    client.get(LOGIN)
    session = client.session
    session["kept"] = "yes"
    session.save()
    before = client.session.session_key
    client.post(LOGIN, {"login": vera.email.upper(), "password": PASSWORD})
    assert is_in(client)
    assert client.session.session_key != before
    assert not Client(headers={"cookie": f"sessionid={before}"}).session.get("_auth_user_id")


def shown(response):
    """Return what a page says, without what differs by request."""
    text = re.sub(r"<(script|style).*?</\1>", "", response.text, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>|[\w.]+@plenum\.example", " ", text)
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        (LOGIN, {"login": "{}", "password": "wrong"}),
        (BY_CODE, {"email": "{}"}),
        (RESET, {"email": "{}"}),
        (SIGN_UP, {"email": "{}", "name": "Somebody"}),
    ],
)
def test_known_and_unknown_addresses_get_the_same_answer(vera, outbox_mail, address, fields):
    answers = []
    for email in (vera.email, "nobody@plenum.example"):
        client = Client()
        response = client.post(address, {name: value.format(email) for name, value in fields.items()})
        target = response.get("Location", "")
        page = client.get(target) if target else response
        again = client.post(target, {"action": "resend"}, follow=True) if target else response
        wrong = client.post(target, {"code": "000000"}, follow=True) if target else response
        statuses = [answer.status_code for answer in (response, page, again, wrong)]
        answers.append((statuses, target, shown(page), shown(again), shown(wrong)))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("path", [BY_CODE, RESET, SIGN_UP])
def test_answers_about_an_address_take_a_steady_time(vera, settings, path):
    settings.STEADY_SECONDS = 0.3
    for email in (vera.email, "nobody@plenum.example"):
        started = time.monotonic()
        Client().post(path, {"email": email, "name": "Somebody"})
        assert time.monotonic() - started >= 0.3


def test_sign_up_with_a_known_address_tells_only_its_owner(client, vera, outbox_mail):
    client.post(SIGN_UP, {"email": vera.email, "name": "Somebody else"})
    (letter,) = outbox_mail()
    assert "already have an account" in letter.subject
    vera.refresh_from_db()
    assert (vera.name, Person.objects.count()) == ("Vera", 1)


def test_sign_up_asks_for_name_and_mail_and_confirms_by_code(client, outbox_mail):
    name = "{x.__class__} **bold** <b>"
    client.post("/ru/account/signup/", {"email": "new@plenum.example", "name": name, "is_staff": "1"})
    (letter,) = outbox_mail()
    client.post("/ru/account/confirm-email/", {"code": code_in(letter)})
    person = Person.objects.get(email="new@plenum.example")
    assert (person.name, person.locale, person.is_staff) == (name, "ru", False)
    assert is_in(client)
    assert "&lt;b&gt;" in client.get("/en/me/").text
    assert name not in client.get("/en/me/").text


def test_a_person_of_the_programme_signs_in_without_having_signed_up(client, outbox_mail):
    speaker = PersonFactory(email="speaker@plenum.example")
    client.post(BY_CODE, {"email": speaker.email})
    client.post(CONFIRM, {"code": code_in(outbox_mail()[0])})
    assert is_in(client)


def test_a_letter_is_in_the_recipients_language(vera, outbox_mail):
    vera.locale = "ru"
    vera.save()
    Client().post(BY_CODE, {"email": vera.email})
    (letter,) = outbox_mail()
    with translation.override("ru"):
        assert translation.gettext("It is good for ten minutes and works once.") in letter.body
    assert '<html lang="ru">' in letter.alternatives[0].content


def test_a_letter_holds_text_and_html_with_the_same_code(vera, outbox_mail):
    Client().post(BY_CODE, {"email": vera.email})
    (letter,) = outbox_mail()
    assert code_in(letter) in letter.subject
    assert code_in(letter) in letter.alternatives[0].content


@pytest.fixture
def totp_secret(vera):
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(vera, secret)
    return secret


def test_secrets_of_second_factors_are_sealed(client, vera, totp_secret, outbox_mail, settings):
    RecoveryCodes.activate(vera)
    stored = str(list(Authenticator.objects.filter(user=vera).values_list("data", flat=True)))
    assert totp_secret not in stored
    assert stored.count("sealed:") == 2
    assert Authenticator.objects.get(user=vera, type="totp").wrap().validate_code(totp_code(totp_secret))
    codes = Authenticator.objects.get(user=vera, type="recovery_codes").wrap()
    assert len(set(codes.get_unused_codes())) == 10
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    factor = Authenticator.objects.get(user=vera, type="totp").wrap()
    assert decrypt(factor.instance.data["secret"]) == totp_secret


def test_a_secret_that_cannot_be_opened_any_more_fits_no_code(vera, totp_secret, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", []
    factor = Authenticator.objects.get(user=vera, type="totp")
    first, second = (decrypt(factor.data["secret"]) for _turn in range(2))
    assert len({first, second, totp_secret}) == 3
    assert not factor.wrap().validate_code(totp_code(totp_secret))


def test_a_secret_from_before_sealing_still_works(vera, totp_secret):
    factor = Authenticator.objects.get(user=vera, type="totp")
    factor.data = {"secret": totp_secret}
    factor.save()
    assert factor.wrap().validate_code(totp_code(totp_secret))


def test_a_second_factor_is_asked_after_the_code_and_the_password(vera, totp_secret, outbox_mail):
    by_code, by_password = Client(), Client()
    by_code.post(BY_CODE, {"email": vera.email})
    by_code.post(CONFIRM, {"code": code_in(outbox_mail()[0])})
    by_password.post(LOGIN, {"login": vera.email, "password": PASSWORD})
    for client in (by_code, by_password):
        assert not is_in(client)
    answer = by_code.post("/en/account/2fa/authenticate/", {"code": totp_code(totp_secret)})
    assert (answer.status_code, is_in(by_code)) == (302, True)
    by_password.post("/en/account/2fa/authenticate/", {"code": totp_code(totp_secret)})
    assert not is_in(by_password), "a code of the app was accepted twice"


def test_a_reset_keeps_the_second_factor_and_ignores_the_host(
    client, vera, totp_secret, outbox_mail, settings
):
    settings.ALLOWED_HOSTS = ["evil.example", "testserver"]
    client.post(RESET, {"email": vera.email}, headers={"host": "evil.example"})
    client.post(RESET, {"email": "nobody@plenum.example"}, headers={"host": "evil.example"})
    letters = outbox_mail()
    assert len(letters) == 2
    for letter in letters:
        assert "evil.example" not in letter.message().as_string()
    assert f"{settings.BASE_URL}/en/account/signup/" in letters[1].body

    fresh = Client()
    fresh.post(RESET, {"email": vera.email})
    code = code_in(outbox_mail()[0])
    target = fresh.post(RESET_CODE, {"code": code})["Location"]
    fresh.post(target, {"password1": "another long secret", "password2": "another long secret"})
    assert Authenticator.objects.filter(user=vera, type="totp").exists()
    fresh.post(LOGIN, {"login": vera.email, "password": "another long secret"})
    assert not is_in(fresh)


@pytest.mark.django_db(transaction=True)
def test_a_team_shows_a_second_factor_when_the_setting_says_so(client, settings, outbox_mail):
    settings.TEAM_NEEDS_SECOND_FACTOR = True
    organiser = make_team_member(EventFactory(), "organiser", email="organiser@plenum.example")
    client.post(BY_CODE, {"email": organiser.email})
    client.post(CONFIRM, {"code": code_in(outbox_mail()[0])})
    assert client.get("/admin/")["Location"] == reverse("mfa_index")

    page = client.get("/en/account/2fa/totp/activate/").text
    secret = re.search(r'id="authenticator_secret">(\w+)<', page).group(1)
    client.post("/en/account/2fa/totp/activate/", {"code": totp_code(secret)})
    assert Authenticator.objects.filter(user=organiser, type="totp").exists()
    assert client.get("/admin/").status_code == 200

    older = Client()
    older.force_login(organiser)
    assert older.get("/admin/")["Location"] == "/en/account/2fa/reauthenticate/?next=%2Fadmin%2F"
    settings.TEAM_NEEDS_SECOND_FACTOR = False
    assert older.get("/admin/").status_code == 200


def test_codes_cannot_be_asked_for_without_end(vera, outbox_mail):
    statuses = [Client().post(BY_CODE, {"email": vera.email}).status_code for _turn in range(4)]
    assert statuses == [302, 302, 302, 200] or statuses[3] == 429
    assert len(outbox_mail()) == 3


def test_a_spoofed_forwarded_address_does_not_lift_a_limit(outbox_mail):
    def ask(turn):
        return Client().post(
            BY_CODE,
            {"email": f"reader{turn}@plenum.example"},
            headers={"x-forwarded-for": f"203.0.113.{turn}"},
        )

    for turn in range(21):
        ask(turn)
    assert len(outbox_mail()) == 20


def test_it_is_not_possible_to_be_sent_elsewhere_after_signing_in(client, vera):
    answer = client.post(LOGIN, {"login": vera.email, "password": PASSWORD, "next": "https://evil.example/"})
    assert answer["Location"] == "/me/"


PAGES = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
]
PAGES_INSIDE = [
    "account_email",
    "account_logout",
    "account_set_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "me",
    "me_profile",
    "me_privacy",
    "me_erase",
]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", PAGES + PAGES_INSIDE)
def test_pages_of_the_account_are_ours(client, outbox_mail, language, name):
    if name in PAGES_INSIDE:
        person = PersonFactory(email="in@plenum.example")
        client.post(BY_CODE, {"email": person.email})
        client.post(CONFIRM, {"code": code_in(outbox_mail()[0])})
    with translation.override(language):
        response = client.get(reverse(name))
    assert response.status_code == 200
    assert 'id="main"' in response.text
    assert "style=" not in response.text
    assert "noindex" in response.text


def test_a_signed_in_person_without_a_role_is_told_and_not_sent_in_circles(client, vera):
    client.force_login(vera)
    response = client.get("/admin/events/", follow=True)
    assert response.status_code == 403
    assert response.redirect_chain == []
    assert "You are signed in as" in response.content.decode()


def test_the_demo_leads_from_its_number_to_the_name_that_passkeys_need(client, settings):
    settings.DEMO = True
    page = client.get(LOGIN, headers={"host": "127.0.0.1:8000"}, SERVER_PORT="8000").text
    assert 'href="http://localhost:8000/en/account/login/"' in page
    assert 'id="passkey_login"' not in page
    page = client.get(LOGIN, headers={"host": "localhost:8000"}, SERVER_PORT="8000").text
    assert 'id="passkey_login"' in page
