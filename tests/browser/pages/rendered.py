"""Which of our templates the page in the browser was made of."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import request_started
from django.test.signals import template_rendered

TEMPLATES = Path(settings.BASE_DIR) / "templates"

# No page shows these, so no page can vouch for them; each says where it is looked after instead.
EXEMPT = {
    "email/letter.html": "a letter, read by mail programs; tests/network/test_mail.py",
}


class Rendered:
    """Listens to the server, which runs in a thread of this process.

    A new document in the browser begins a new list; what scripts fetch into it is added.
    """

    def __init__(self) -> None:
        self.now: set[str] = set()
        self.checked: set[str] = set()

    def begin(self, *, environ: dict[str, Any] | None = None, **_more: Any) -> None:
        """Forget the page before, where a request asks for a new one."""
        if (environ or {}).get("HTTP_SEC_FETCH_DEST") == "document":
            self.now = set()

    def add(self, *, template: Any, **_more: Any) -> None:
        """Remember a template of ours; Django tells of included and extended ones, too."""
        path = Path(template.origin.name)
        if path.is_relative_to(TEMPLATES):
            self.now.add(path.relative_to(TEMPLATES).as_posix())

    def listen(self) -> None:
        """Begin to listen."""
        request_started.connect(self.begin)
        template_rendered.connect(self.add)

    def stop(self) -> None:
        """Listen no longer."""
        request_started.disconnect(self.begin)
        template_rendered.disconnect(self.add)


def missing_templates(seen: Iterable[str]) -> list[str]:
    """Return the templates that are part of no page that was seen."""
    ours = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    return sorted(ours - set(seen) - set(EXEMPT))
