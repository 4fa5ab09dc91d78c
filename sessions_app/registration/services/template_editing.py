"""The organiser's own words for messages, and a trial of them to herself."""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from network.audit import differences, state_of
from network.conflicts import check_seen
from network.letters import Letter, to_message
from network.localised import localised
from network.mail import enqueue_mail
from network.models import Person
from network.services import record_audit
from sessions_app.registration.models import MessageTemplate, Registration
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.services.messages import compose_message


@transaction.atomic
def save_template(*, template: MessageTemplate, actor: Person | None, seen: str | None = None) -> bool:
    """Keep the event's words for a kind of message; emptied, the platform's go out again: then False.

    Raises EditConflictError when somebody saved since ``seen``.
    """
    stored = (
        MessageTemplate.objects.select_for_update()
        .filter(event=template.event_id, kind=template.kind)
        .first()
    )
    before = state_of(stored) if stored else {}
    if stored is not None:
        template.pk = stored.pk
        check_seen(seen, before, state_of(template))
    kept = bool(localised(template, "body"))
    subject = stored or template
    if kept:
        template.save()
        subject = template
    changes = differences(before, state_of(template) if kept else {})
    if changes and (kept or stored):
        verb = "changed" if stored and kept else "created" if kept else "deleted"
        record_audit(
            actor=actor,
            action=f"message_template.{verb}",
            subject=subject,
            event_id=template.event_id,
            changes=changes,
        )
    if stored is not None and not kept:
        stored.delete()
    return kept


def preview(
    registration: Registration, kind: MessageKind, template: MessageTemplate | None, *, language: str
) -> Letter:
    """Return the letter as the registration's person would get it in the language; nothing is written.

    What only a real moment knows (the number in the list, until when) stands as an example.
    """
    examples = {"number": "3", "until": _("tomorrow, 12:00"), "session": _("a session")}
    return compose_message(registration, kind, more=examples, template=template, language=language)


@transaction.atomic
def send_trial(
    *,
    registration: Registration,
    kind: MessageKind,
    template: MessageTemplate | None,
    actor: Person,
    language: str,
) -> bool:
    """Send the letter to the actor alone, marked as a trial; False when she has no address."""
    if not actor.email:
        return False
    letter = preview(registration, kind, template, language=language)
    subject = _("Trial: %(subject)s") % {"subject": letter.subject}
    marked = Letter(subject=subject[:200], text=letter.text, html=letter.html)
    enqueue_mail(to_message(marked, to=actor.email), key=f"registration:trial:{uuid.uuid4()}")
    record_audit(
        actor=actor,
        action="message_template.tried",
        subject=registration,
        event_id=registration.event_id,
        changes={"kind": (None, str(kind))},
    )
    return True
