"""What the pages of a participant show, as plain rows; nothing here writes or knows a request."""
