"""How allauth treats our people."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Log-in and sign-up by e-mail."""
