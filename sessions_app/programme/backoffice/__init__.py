"""The programme's part of the back office: sessions, import, clashes, releases."""
