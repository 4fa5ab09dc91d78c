"""The code on a ticket: ASCII only, read back as written, and no bit of it can be changed unseen."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sessions_app.admission.tickets.payload import LENGTH, NotACode, Payload, is_genuine, read, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
payloads = st.builds(
    Payload,
    key=st.integers(0, 2**16 - 1),
    event=st.integers(0, 2**32 - 1),
    registration=st.integers(0, 2**40 - 1),
    serial=st.integers(0, 2**24 - 1),
)


@given(payloads)
def test_a_code_is_read_as_it_was_written(payload):
    code = sign(payload, KEY)
    assert len(code) == LENGTH
    assert set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567P1")
    signed = read(f"  {code.lower()}\n")
    assert signed.payload == payload
    assert is_genuine(signed, PUBLIC)


@given(payloads, st.integers(2, LENGTH - 2), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_changed_character_is_noticed(payload, position, other):
    code = sign(payload, KEY)
    altered = code[:position] + other + code[position + 1 :]
    if altered != code:
        assert not is_genuine(read(altered), PUBLIC)


@given(st.text(max_size=200))
def test_any_other_text_is_no_code(text):
    with pytest.raises(NotACode):
        read(text)


def test_another_key_does_not_open_it():
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert not is_genuine(read(sign(Payload(1, 2, 3, 4), KEY)), other)
