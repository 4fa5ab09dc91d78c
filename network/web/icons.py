"""The icons: drawn on a 24 px square, one line weight, in the colour of their text."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# The shapes are our own constants, never input.
SHAPES: dict[str, str] = {
    "alert": '<path d="M12 4 2.8 20h18.4L12 4ZM12 10v4.5M12 17.3v.2"/>',
    "arrow": '<path d="M4 12h15M13 6l6 6-6 6"/>',
    "back": '<path d="M20 12H5M11 6l-6 6 6 6"/>',
    "calendar": '<rect x="3.5" y="5" width="17" height="15.5" rx="2"/><path d="M3.5 10h17M8 2.5v4M16 2.5v4"/>',
    "check": '<path d="m4.5 12.5 5 5 10-11"/>',
    "chevron": '<path d="m6 9 6 6 6-6"/>',
    "clock": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5.3l3.5 2.2"/>',
    "copy": '<rect x="8.5" y="8.5" width="12" height="12" rx="2"/><path d="M15.5 8.5v-3a2 2 0 0 0-2-2h-8a2 2 0 0 0-2 2v8a2 2 0 0 0 2 2h3"/>',
    "cross": '<path d="m5.5 5.5 13 13M18.5 5.5l-13 13"/>',
    "download": '<path d="M12 3.5v12M6.5 10.5l5.5 5.5 5.5-5.5M4 20.5h16"/>',
    "external": '<path d="M14 4h6v6M20 4l-9 9M18 14v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h4"/>',
    "feed": '<path d="M5 11a8 8 0 0 1 8 8M5 5a14 14 0 0 1 14 14"/><circle cx="6" cy="18" r="1.2"/>',
    "filter": '<path d="M4 6.5h16M7 12h10M10 17.5h4"/>',
    "globe": '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c2.6 2.4 3.8 5.2 3.8 8.5s-1.2 6.1-3.8 8.5c-2.6-2.4-3.8-5.2-3.8-8.5s1.2-6.1 3.8-8.5Z"/>',
    "history": '<path d="M4 5v4.5h4.5M4.6 9.5A8.5 8.5 0 1 1 3.5 13M12 8v4.5l3 2"/>',
    "info": '<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5.5M12 7.5v.2"/>',
    "key": '<circle cx="8" cy="15.5" r="4"/><path d="m11 12.5 8.5-8.5M16 7.5l3 3"/>',
    "language": '<path d="M3.5 6h10M8.5 3.5V6c0 4.5-2 7.5-5 9M5.5 9c1 3 3.5 5 6.5 6M12 20.5l4.250-10 4.250 10M13.6 17h5.3"/>',
    "link": '<path d="M10 14a4 4 0 0 0 5.7 0l3.6-3.6a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-5.7 0l-3.6 3.6a4 4 0 0 0 5.7 5.7l1.3-1.3"/>',
    "lock": '<rect x="5" y="10.5" width="14" height="10" rx="2"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>',
    "mail": '<rect x="3" y="5.5" width="18" height="13.5" rx="2"/><path d="m3.5 7.5 8.5 6 8.5-6"/>',
    "minus": '<path d="M5 12h14"/>',
    "pause": '<path d="M8.5 5v14M15.5 5v14"/>',
    "people": '<circle cx="9" cy="8.5" r="3.5"/><path d="M2.5 19.5c.6-3.5 3.2-5.5 6.5-5.5s5.9 2 6.5 5.5M15.5 5.2a3.5 3.5 0 0 1 0 6.6M18 14.5c2 .8 3.2 2.6 3.5 5"/>',
    "person": '<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.7-4 3.7-6 7.5-6s6.8 2 7.5 6"/>',
    "pin": '<path d="M12 21c-4.3-4.6-6.5-8-6.5-11a6.5 6.5 0 0 1 13 0c0 3-2.2 6.4-6.5 11Z"/><circle cx="12" cy="10" r="2.3"/>',
    "play": '<path d="M7 4.5v15l12.5-7.5L7 4.5Z"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "print": '<path d="M7 8.5v-5h10v5M7 17H5a2 2 0 0 1-2-2v-4.5a2 2 0 0 1 2-2h14a2 2 0 0 1 2 2V15a2 2 0 0 1-2 2h-2M7 14h10v6.5H7V14Z"/>',
    "qr": '<path d="M4 4h6v6H4V4ZM14 4h6v6h-6V4ZM4 14h6v6H4v-6ZM14 14h2.5v2.5M20 14v.1M14 20h.1M17.5 20H20v-2.5"/>',
    "record": '<rect x="2.5" y="6.5" width="12.5" height="11" rx="2"/><path d="m15 11 6-3.5v9L15 13"/>',
    "refresh": '<path d="M20 5v4.5h-4.5M19.4 9.5A8 8 0 1 0 20 13.5"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>',
    "seat": '<path d="M7 4v9h9.5M7 13v7M16.5 13v7M4.5 9.5"/>',
    "settings": '<path d="M4 7h9M18 7h2M4 17h2M11 17h9"/><circle cx="15.5" cy="7" r="2.3"/><circle cx="8.5" cy="17" r="2.3"/>',
    "star": '<path d="m12 3.5 2.6 5.5 6 .8-4.4 4.2 1.1 6L12 17.1 6.7 20l1.1-6L3.4 9.8l6-.8L12 3.5Z"/>',
    "step-free": '<circle cx="10" cy="4.5" r="1.5"/><path d="M10 8.5v6h5.5l3 5M10 11h4.5M8 11.5a5 5 0 1 0 6.5 6.5"/>',
    "swap": '<path d="M4 8.5h15M15 4.5l4 4-4 4M20 16H5M9 12l-4 4 4 4"/>',
}


def icon_svg(name: str, css: str = "") -> SafeString:
    """Return the icon as inline SVG, hidden from screen readers; raise KeyError for an unknown name."""
    return format_html(
        '<svg class="icon icon--{}{}" viewBox="0 0 24 24" aria-hidden="true">{}</svg>',
        name,
        f" {css}" if css else "",
        mark_safe(SHAPES[name]),  # noqa: S308  our own constants
    )
