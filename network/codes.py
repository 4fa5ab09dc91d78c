"""Short public codes: six characters that can be read out and typed."""

import secrets

# No 0/O, 1/I/L, U/V: these are mistaken for each other when read out.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"


def new_code() -> str:
    """Return six random characters of ``ALPHABET``; uniqueness is the database's task."""
    return "".join(secrets.choice(ALPHABET) for _ in range(6))


def new_token() -> str:
    """Return an unguessable token of 256 bits for an address."""
    return secrets.token_urlsafe(32)
