"""What this app's actions are called in the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.audit_words import name_actions

name_actions(
    {
        "demo.loaded": _("example event loaded"),
    }
)
