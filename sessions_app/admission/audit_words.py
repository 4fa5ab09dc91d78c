"""What this app's actions are called in the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.audit_words import name_actions

name_actions(
    {
        "gate.created": _("gate created"),
        "gate.changed": _("gate changed"),
        "gate.moved": _("gate moved in its list"),
        "gate.deleted": _("gate deleted"),
        "admission_rule.created": _("rule of admission created"),
        "admission_rule.changed": _("rule of admission changed"),
        "rule.moved": _("rule of admission moved in its list"),
        "admission_rule.deleted": _("rule of admission deleted"),
        "admission.printed_badge": _("badge printed at a gate"),
        "admission.printed_badges": _("badges printed"),
        "admission.printed_tents": _("name tents printed"),
        "admission.printed_door": _("list for the door printed"),
        "admission.scan_undone": _("scan of a ticket undone"),
        "admission.ticket_replaced": _("ticket replaced"),
        "admission.ticket_blocked": _("ticket blocked"),
        "admission.ticket_unblocked": _("ticket unblocked"),
        "admission.key_rotated": _("new signing key for tickets"),
    }
)
