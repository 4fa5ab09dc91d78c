"""What the outbox hands to admission."""

from __future__ import annotations

from network.delivery import deliverer
from network.models import OutboxMessage
from sessions_app.admission.services import papers


@deliverer(papers.KIND, attempts=10)
def go_on(message: OutboxMessage) -> None:
    """Go on with a print job."""
    papers.deliver_paper(message)
