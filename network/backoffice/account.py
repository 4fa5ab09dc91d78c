"""How the back office looks to one person: language, time, theme."""

from __future__ import annotations

from typing import Any

from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView

SHOWN = frozenset({"notifications", "locale", "theme"})


class PreferencesView(AccountView):
    """Wagtail's preferences without name, picture and password, which have pages of their own."""

    def get_panels(self) -> list[Any]:
        """Return the panels that are about the back office."""
        return [panel for panel in super().get_panels() if panel.name in SHOWN]


preferences = require_admin_access(PreferencesView.as_view())
