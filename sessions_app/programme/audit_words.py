"""What this app's actions are called in the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.audit_words import name_actions

name_actions(
    {
        "session.created": _("session created"),
        "session.changed": _("session changed"),
        "session.withdrawn": _("session withdrawn"),
        "session.reinstated": _("session put back"),
        "session.deleted": _("session deleted"),
        "programme.imported": _("schedule imported"),
        "programme.released": _("programme released"),
        "programme.restored": _("release restored"),
        "agenda.address_renewed": _("address of the agenda renewed"),
    }
)
