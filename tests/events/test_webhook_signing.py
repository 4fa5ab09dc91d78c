"""The signature is that of Standard Webhooks, so that receivers check it with any of its libraries."""

import base64
import hashlib
import hmac

from sessions_app.events.webhooks.signing import new_key, secret_of, signed_headers

# The example of the scheme's own libraries.
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE, MOMENT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_known_message_has_its_known_signature():
    headers = signed_headers(message_id=MESSAGE, moment=MOMENT, body=BODY, keys=[base64.b64decode(SECRET)])
    assert headers == {
        "webhook-id": MESSAGE,
        "webhook-timestamp": "1614265330",
        "webhook-signature": SIGNATURE,
    }


def test_each_secret_adds_a_signature():
    old, new = base64.b64decode(SECRET), new_key()
    signed = signed_headers(message_id=MESSAGE, moment=MOMENT, body=BODY, keys=[new, old])
    first, second = signed["webhook-signature"].split(" ")
    assert second == SIGNATURE
    assert first != second


def test_a_secret_is_long_and_given_as_receivers_expect_it():
    key = new_key()
    assert len(key) == 32
    assert new_key() != key
    secret = secret_of(key)
    assert secret.startswith("whsec_")
    said = f"{MESSAGE}.{MOMENT}.".encode() + BODY
    expected = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), said, hashlib.sha256).digest()
    signed = signed_headers(message_id=MESSAGE, moment=MOMENT, body=BODY, keys=[key])
    assert signed["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
