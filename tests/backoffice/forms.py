"""Posts of back-office forms: what a browser would send for an untouched form, with some values changed."""

from __future__ import annotations

import datetime as dt
import re

EMPTY = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}


def rows(prefix: str, *items: dict, initial: int = 0) -> dict[str, str]:
    """Return the fields of a formset with these rows."""
    data = {f"{prefix}-{key}": value for key, value in EMPTY.items()}
    data |= {f"{prefix}-TOTAL_FORMS": str(len(items)), f"{prefix}-INITIAL_FORMS": str(initial)}
    for index, item in enumerate(items):
        data |= {f"{prefix}-{index}-{key}": str(value) for key, value in item.items()}
        data.setdefault(f"{prefix}-{index}-ORDER", str(index + 1))
    return data


def event_post(**changes) -> dict:
    """Return a valid post of the event's form."""
    dates = changes.pop("dates", [dt.date(2018, 10, 31), dt.date(2018, 11, 2)])
    data = {
        "name_en": "Strategic Session",
        "name_ru": "Стратегическая сессия",
        "slug": "",
        "timezone": "Europe/Moscow",
        "languages": ["en", "ru"],
        "main_language": "ru",
        "brand_colour": "#1f4bb8",
        **rows("days", *({"date": date.isoformat(), "opens": "09:00", "closes": "18:00"} for date in dates)),
    }
    for part in ("rooms", "tracks", "organisers", "team"):
        data |= rows(part, *changes.pop(part, ()))
    return data | changes


def session_post(**changes) -> dict:
    """Return a valid post of the session's form."""
    data = {
        "title_en": "Panel",
        "title_ru": "Панель",
        "kind": "panel",
        "state": "ready",
        "start": "2026-09-14T10:00",
        "end": "2026-09-14T11:00",
    }
    for part in ("roles", "materials"):
        data |= rows(part, *changes.pop(part, ()))
    return data | changes


def text_of(response) -> str:
    """Return the page's words without tags."""
    html = re.sub(r"<(script|style|template)\b.*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())
