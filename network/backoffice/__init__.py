"""The ground floor's part of the back office: people, organisations, audit trail, outbox."""
