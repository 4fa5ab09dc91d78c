"""The media editor's pages."""
