"""The content policy of pages with a player."""

from __future__ import annotations

from django.conf import settings
from django.utils.csp import CSP

# Media Source Extensions hand each picture its source as a blob of the page's own making.
PLAYER_CSP = {**settings.SECURE_CSP, "media-src": [CSP.SELF, "blob:"]}
EMBED_CSP = {**PLAYER_CSP, "frame-ancestors": ["*"]}
