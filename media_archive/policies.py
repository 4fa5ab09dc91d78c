"""The content policies of pages with a player."""

from __future__ import annotations

from django.conf import settings
from django.utils.csp import CSP

from network.web.policies import ADMIN_POLICY

# Media Source Extensions hand each picture its source as a blob of the page's own making.
PLAYER_CSP = {**settings.SECURE_CSP, "media-src": [CSP.SELF, "blob:"]}
EMBED_CSP = {**PLAYER_CSP, "frame-ancestors": ["*"]}

# The cut's page plays moments that its script has fetched.
CUT_CSP = {**ADMIN_POLICY, "media-src": [CSP.SELF, "blob:"]}
