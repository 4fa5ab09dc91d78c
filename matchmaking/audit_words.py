"""What this app's actions are called in the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.audit_words import name_actions

name_actions(
    {
        "exchange.created": _("exchange set up"),
        "exchange.changed": _("settings of the exchange changed"),
        "exchange.phase": _("exchange moved to another phase"),
        "exchange.published": _("plan of the exchange published"),
        "exchange.run_queued": _("plan asked for"),
        "exchange.run_stopped": _("planning stopped"),
        "exchange.run_discarded": _("plan discarded"),
        "exchange.screen_address_renewed": _("address of the hall screen renewed"),
        "exchange.tables_added": _("tables added"),
        "exchange.table_changed": _("table changed"),
        "exchange.table_removed": _("table deleted"),
        "exchange.printed_cards": _("cards for the tables printed"),
        "exchange.printed_sheets": _("participants' sheets printed"),
        "exchange.joined": _("joined the exchange"),
        "exchange.came_back": _("came back to the exchange"),
        "exchange.left": _("left the exchange"),
        "exchange.profile_changed": _("profile at the exchange changed"),
        "exchange.own_time": _("own time at the exchange changed"),
        "exchange.blocked": _("participant of the exchange blocked"),
        "exchange.unblocked": _("participant of the exchange unblocked"),
        "offer.saved": _("offer or need saved"),
        "offer.removed": _("offer or need deleted"),
        "offer.written_to": _("author of an offer or need written to"),
        "offer.kept_until": _("time of an offer or need in the marketplace changed"),
        "offer.taken_off": _("offer or need taken off the marketplace"),
        "request.asked": _("meeting asked for"),
        "request.changed": _("request for a meeting changed"),
        "request.countered": _("another time proposed for a meeting"),
        "request.accepted": _("request for a meeting accepted"),
        "request.declined": _("request for a meeting declined"),
        "request.withdrawn": _("request for a meeting withdrawn"),
        "request.expired": _("request for a meeting ran out"),
        "request.cancelled": _("agreed request for a meeting taken back"),
        "meeting.booked": _("meeting booked"),
        "meeting.moved": _("meeting moved"),
        "meeting.made_room": _("meeting moved to make room"),
        "meeting.cancelled": _("meeting cancelled"),
        "meeting.late": _("told to be late for a meeting"),
        "meeting.marked": _("told whether a meeting took place"),
        "meeting.pinned": _("meeting pinned or let go"),
    }
)
