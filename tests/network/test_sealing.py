"""What is sealed is opened by the platform's secret alone, for its own purpose alone."""

from network.sealing import seal, unseal


def test_what_is_sealed_is_not_to_be_read_and_comes_back():
    sealed = seal(b"a secret", purpose="trial")
    assert b"a secret" not in sealed
    assert unseal(sealed, purpose="trial") == b"a secret"
    assert unseal(sealed, purpose="another") is None


def test_a_new_secret_opens_what_an_old_one_sealed_while_that_is_known(settings):
    sealed = seal(b"a secret", purpose="trial")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another secret of the platform"
    assert unseal(sealed, purpose="trial") is None
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed, purpose="trial") == b"a secret"
