"""What this app's actions are called in the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.audit_words import name_actions

name_actions(
    {
        "event.created": _("event created"),
        "event.changed": _("event changed"),
        "event.deleted": _("event deleted"),
        "venue.created": _("venue created"),
        "venue.changed": _("venue changed"),
        "api_token.created": _("API token created"),
        "api_token.revoked": _("API token revoked"),
        "webhook.created": _("webhook added"),
        "webhook.changed": _("webhook changed"),
        "webhook.paused": _("webhook paused"),
        "webhook.resumed": _("webhook switched on"),
        "webhook.switched_off": _("webhook switched off by itself"),
        "webhook.secret_rotated": _("new secret of a webhook"),
        "webhook.old_secret_ended": _("old secret of a webhook ended"),
        "webhook.tested": _("webhook tested"),
        "webhook.sent_again": _("webhook's message sent again"),
        "webhook.failed_sent_again": _("webhook's failed messages sent again"),
        "webhook.deleted": _("webhook deleted"),
    }
)
