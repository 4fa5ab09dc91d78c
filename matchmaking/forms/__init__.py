"""Forms of a participant's pages."""
