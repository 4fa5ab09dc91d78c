"""Floor 2: sessions, people in roles, drafts and releases, exchange formats and calendars."""
