"""Which content policy answers which part of the site."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import CSP

# Wagtail's dialogs and pickers set inline styles; scripts are ours and Wagtail's files alone.
ADMIN_POLICY = {
    **settings.SECURE_CSP,
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "frame-ancestors": [CSP.SELF],
    "frame-src": [CSP.SELF],
}
# Wagtail starts the controls of these forms of its own (rows, choosers, pickers) from scripts in
# the page that carry no nonce. Only operators and editors of the site's pages get there.
LOOSE_ADMIN_POLICY = {**ADMIN_POLICY, "script-src": [CSP.SELF, CSP.UNSAFE_INLINE]}
LOOSE_PATHS = tuple(
    f"/admin/{name}/"
    for name in (
        "pages",
        "images",
        "documents",
        "snippets",
        "groups",
        "collections",
        "redirects",
        "menus",
        "settings",
        "workflows",
        "sites",
        "forms",
    )
)


class PoliciesMiddleware:
    """Gives the back office its own content policy; everything else keeps the strict one."""

    sync_capable = True
    async_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark responses of the back office."""
        response = self.get_response(request)
        if request.path.startswith("/admin/") and not hasattr(response, "_csp_config"):
            loose = request.path.startswith(LOOSE_PATHS)
            response._csp_config = LOOSE_ADMIN_POLICY if loose else ADMIN_POLICY  # type: ignore[attr-defined]
        return response
