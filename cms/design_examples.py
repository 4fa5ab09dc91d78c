"""What the living page of the design system shows: invented people and sessions, no database."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.utils.safestring import mark_safe

from network.web.icons import SHAPES
from sessions_app.events.models import Event

ZONE = "Europe/Moscow"
DAY = dt.date(2018, 7, 25)
BLOCK = 30  # minutes of a row of the example's grid


class ExampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label="Full name", help_text="As it should stand on your badge.")
    email = forms.EmailField(label="E-mail", required=False)
    kind = forms.ChoiceField(
        label="Kind", choices=[("plenary", "plenary"), ("panel", "panel"), ("workshop", "workshop")]
    )
    about = forms.CharField(label="Abstract", widget=forms.Textarea, required=False)
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    slides = forms.FileField(label="Slides", required=False, help_text="PDF, at most 20 MB.")
    language = forms.ChoiceField(
        label="Language", choices=[("ru", "Russian"), ("en", "English")], widget=forms.RadioSelect
    )
    recorded = forms.BooleanField(label="This session will be recorded", required=False)


def context() -> dict[str, Any]:
    """Return everything the living page needs but its forms."""
    return {
        "zone": ZONE,
        "event_slug": "example",
        "moment": _at("10:35"),
        "now_shown": _at("10:35").isoformat(),
        "sessions": SESSIONS,
        "rooms": ROOMS,
        "ticks": _ticks(),
        "day_tabs": DAY_TABS,
        "people": PEOPLE,
        "organisations": ORGANISATIONS,
        "examples": [Event(slug=slug, brand_colour=colour) for slug, colour in LOOKS],
        "icons": sorted(SHAPES),
        "tags": TAGS,
        "notices": NOTICES,
        "colours": COLOURS,
        "hues": range(1, 9),
        "calendar": {
            "subscribe": "webcal://example.org/e.ics",
            "download": "#",
            "copy": "https://example.org/e.ics",
        },
        "qr": {
            "title": "This page",
            "text": "example.org/s/K7QX4M",
            "svg": _qr("https://example.org/s/K7QX4M"),
        },
        "progress": {"title": "Importing sessions", "done": 412, "total": 1350},
        "empty": {
            "icon": "calendar",
            "title": "Nothing on your agenda yet",
            "text": "Press the star of a session to keep it here.",
            "url": "#",
            "action": "See the programme",
        },
        "crumbs": [{"title": "Strategic session", "url": "#"}, {"title": "Programme", "url": "#"}],
        "page_obj": Paginator(range(200), 20).page(4),
    }


def _at(clock: str) -> dt.datetime:
    return dt.datetime.combine(DAY, dt.time.fromisoformat(clock), ZoneInfo(ZONE)).astimezone(dt.UTC)


def _row(clock: str) -> int:
    """Return the line of the example's grid at which a time stands; the day begins at 9:00."""
    hours, minutes = map(int, clock.split(":"))
    return ((hours - 9) * 60 + minutes) // BLOCK + 1


def _ticks() -> list[dict[str, Any]]:
    return [
        {"at": _at(f"{hour:02}:00"), "row": _row(f"{hour:02}:00"), "code": f"{hour:02}"}
        for hour in range(9, 14)
    ]


def _session(code: str, span: str, room: int, title: str, **more: Any) -> dict[str, Any]:
    start, end = span.split("-")
    rest = more.get("rest", False)
    return {
        "code": code,
        "url": "#",
        "title": title,
        "start": _at(start),
        "end": _at(end),
        "room": ROOMS[room]["name"],
        "star_url": "" if rest else "#",
        "area": f"{_row(start)}/{'2' if rest else room + 2}/{_row(end)}/{'-1' if rest else room + 3}",
        **more,
    }


def _qr(address: str) -> str:
    import qrcode
    from qrcode.image.svg import SvgPathImage

    image = qrcode.make(address, image_factory=SvgPathImage, border=0)
    return mark_safe(image.to_string(encoding="unicode"))  # noqa: S308  drawn from a constant


ROOMS = [
    {"name": "Main hall", "note": "300 · step-free"},
    {"name": "Hall Neva", "note": "120"},
    {"name": "Group room 1", "note": "30"},
    {"name": "Group room 2", "note": "30"},
    {"name": "Exchange zone", "note": "42 tables"},
]
SESSIONS = [
    _session("OPEN01", "09:30-10:00", 0, "Opening", hue=1, kind="plenary", people="L. Example", starred=True),
    _session(
        "PLEN01", "10:00-11:30", 0, "Digital transformation: the first plenary", hue=1, kind="plenary",
        people="moderated by A. Example, with A. Sample, M. Sample, V. Sample", starred=True,
        tags=[{"kind": "ok", "icon": "seat", "text": "86 seats left"}, {"icon": "record", "text": "recorded"}],
    ),
    _session("COMP01", "10:00-11:00", 2, "Project group: composites", hue=2, kind="project group",
             people="lead: E. Example", tags=[{"text": "team wanted: 2"}]),
    _session("CLUS01", "10:30-11:30", 1, "Кластеры и экспорт: меры поддержки", title_lang="ru", hue=4,
             kind="panel", language="in Russian"),
    _session("RADI01", "10:30-11:30", 3, "Project group: radiation technologies", hue=6, kind="project group"),
    _session("EXCH01", "10:30-11:00", 4, "Exchange, round 3", hue=8, people="38 meetings"),
    _session("COFF01", "11:30-12:00", 0, "Coffee", rest=True),
    _session("COMP02", "12:00-13:00", 2, "Project group: composites, second part", hue=2, kind="project group",
             clash="Overlaps your meeting 11:20, table 12", starred=True),
    _session("ROAD01", "12:00-13:00", 1, "Roadmaps that survive the first year", hue=7, kind="workshop",
             tags=[{"kind": "warn", "icon": "alert", "text": "full, waiting list 4"}]),
    _session("SMAR01", "12:00-12:30", 0, "Smart region: the Sverdlovsk experience", hue=3, kind="panel"),
]  # fmt: skip
DAY_TABS = [
    {"url": "#", "number": 25, "weekday": "Wed", "theme": "Digital transformation", "current": True},
    {"url": "#", "number": 26, "weekday": "Thu", "theme": "Labour productivity", "today": True},
    {"url": "#", "number": 27, "weekday": "Fri", "theme": "Regional ecosystems"},
    {"url": "#", "number": 28, "weekday": "Sat", "theme": "Defence"},
]
PEOPLE = [
    {
        "name": "Elena Example",
        "url": "#",
        "role": "moderator",
        "post": "Head of partnerships, Example Institute",
    },
    {"name": "Анна Примерова", "url": "#", "post": "Пример: директор по развитию", "post_lang": "ru"},
    {"name": "Ng", "post": "Example University"},
]
ORGANISATIONS = [
    {"name": "Altai Biopharmaceutical Cluster (example)", "url": "#", "note": "Biysk, Altai"},
    {"name": "Example Institute", "url": "#", "note": "Moscow"},
]
LOOKS = [
    ("strategic-session-2018", "#1f4bb8"),
    ("regional-forum", "#0b7285"),
    ("composites-week", "#7b2d8e"),
    ("export-days", "#a8480b"),
    ("smart-cities", "#17703f"),
    ("north-school", "#b3261e"),
]
TAGS = [
    {"kind": "", "icon": "", "text": "workshop"},
    {"kind": "", "icon": "record", "text": "recorded"},
    {"kind": "ok", "icon": "check", "text": "confirmed"},
    {"kind": "ok", "icon": "seat", "text": "12 seats"},
    {"kind": "warn", "icon": "alert", "text": "full, waiting list 4"},
    {"kind": "bad", "icon": "cross", "text": "cancelled"},
    {"kind": "brand", "icon": "refresh", "text": "moved today"},
    {"kind": "line", "icon": "step-free", "text": "step-free"},
]
NOTICES = [
    {"kind": "", "title": "Release 4 is out", "text": "Two sessions moved; the rest is as it was."},
    {"kind": "ok", "title": "", "text": "412 sessions were created and 18 updated."},
    {"kind": "warn", "title": "You see the draft", "text": "The public still sees release 3."},
    {"kind": "bad", "title": "Nothing was imported", "text": "Line 214: the session has no end."},
    {"kind": "quiet", "title": "", "text": "Times follow the event, not your device."},
]
COLOURS = [
    "bg", "surface", "surface-2", "line", "line-strong", "ink", "ink-2", "ink-3", "brand", "brand-soft", "ok", "ok-soft",
    "warn", "warn-soft", "bad", "bad-soft", "live", "focus", "go", "stop", "hold",
]  # fmt: skip
