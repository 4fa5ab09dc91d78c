"""Public codes that can be read out and typed: short ones within an event, longer ones for the whole platform."""

import secrets

# No 0/O, 1/I/L, U/V: these are mistaken for each other when read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def new_code() -> str:
    """Return six random characters for something of which an event has some hundreds."""
    return _drawn(6)


def new_long_code() -> str:
    """Return ten random characters for something of which the platform has many, for example K7RQ4M2XTB.

    Uniqueness is the database's task, and it refuses what is drawn twice. With six characters that would
    happen among 30,000 in one case of two; with ten, among a million in one of eight hundred.
    """
    return _drawn(10)


def _drawn(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_token() -> str:
    """Return an unguessable token of 256 bits for an address."""
    return secrets.token_urlsafe(32)
