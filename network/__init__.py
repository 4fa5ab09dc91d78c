"""Floor 0: people, organisations and what ties them; audit trail, outbox, permissions, web ground."""
