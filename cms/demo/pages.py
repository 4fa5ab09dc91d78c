"""Writes the demo's pages in both languages, and its menus."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from wagtail.models import Page

from cms.demo.content import LANGUAGES, read, texts
from cms.models import EventFrontPage, HomePage, NewsIndexPage, NewsPage, PartnersPage, StandardPage
from cms.models.base import SitePage
from cms.services import ensure_site, set_menu
from network.models import Organisation
from sessions_app.events.models import Event

Part = dict[str, Any]


class PageWriter:
    """Writes pages below the home pages; each page's languages are translations of one another."""

    def __init__(self, organisations: Mapping[str, Organisation], now: dt.datetime) -> None:
        self.organisations = organisations
        self.today = now.date()
        self.homes: dict[str, HomePage] = ensure_site()
        self.content = read("pages.toml")

    def write(self) -> None:
        """Write all pages, then the menus that lead to them."""
        self._write_fronts()
        news = self._write_news()
        partners = self._write_partners()
        about = self._write_about()
        for code in LANGUAGES:
            events = {"en": "Events", "ru": "Мероприятия"}[code]
            pages: list[tuple[str, Page | str]] = [("", page[code]) for page in (news, partners, about)]
            films = {"en": "Recordings", "ru": "Записи"}[code]
            parts: list[tuple[str, Page | str]] = [(events, "/events/"), (films, "/recordings/")]
            set_menu(place="main", language=code, links=[*parts, *pages])
            offers = {"en": "Offers and needs", "ru": "Предложения и потребности"}[code]
            footer: list[tuple[str, Page | str]] = [
                ("", partners[code]), (offers, "/offers/"), ("", about[code])
            ]  # fmt: skip
            set_menu(place="footer", language=code, links=footer)

    def _write_pages(
        self,
        kind: type[SitePage],
        entry: Mapping[str, Any],
        parents: Mapping[str, Page],
        fields: Mapping[str, Part],
    ) -> dict[str, SitePage]:
        """Write one page per language that has a title; ``fields`` are those of each language."""
        written: dict[str, SitePage] = {}
        for code, title in texts(entry["title"]).items():
            page = kind(title=title, locale=self.homes[code].locale, **fields[code])
            # Russian pages get their address from their own title.
            page.slug = entry.get("slug", "") if code == "en" else ""
            if written:
                page.translation_key = next(iter(written.values())).translation_key
            parents[code].add_child(instance=page)
            page.save_revision().publish()
            written[code] = page
        return written

    def _write_about(self) -> dict[str, SitePage]:
        entry = self.content["about"]
        fields = {
            code: {"lead": texts(entry["lead"])[code], "body": stream(text)}
            for code, text in texts(entry["body"]).items()
        }
        return self._write_pages(StandardPage, entry, self.homes, fields)

    def _write_partners(self) -> dict[str, SitePage]:
        entry = self.content["partners"]
        fields: dict[str, Part] = {
            code: {
                "lead": texts(entry["lead"])[code],
                "body": [self._partner_group(group, code) for group in entry["group"]],
            }
            for code in LANGUAGES
        }
        return self._write_pages(PartnersPage, entry, self.homes, fields)

    def _partner_group(self, group: Mapping[str, Any], code: str) -> Part:
        keys = group["organisations"]
        if isinstance(keys, str):
            keys = list(read("organisations.toml")[keys])
        value = {
            "heading": texts(group["title"])[code],
            "note": texts(group.get("note")).get(code, ""),
            "organisations": _items(self.organisations[key].pk for key in keys),
        }
        return {"type": "partners", "value": value}

    def _write_news(self) -> dict[str, SitePage]:
        entry = self.content["news"]
        fields: dict[str, Part] = {code: {"lead": text} for code, text in texts(entry["lead"]).items()}
        index = self._write_pages(NewsIndexPage, entry, self.homes, fields)
        for article in reversed(self.content["article"]):
            date = article.get("date") or self.today - dt.timedelta(days=article["days_ago"])
            common = {"date": date, "event": Event.objects.get(slug=article["event"])}
            fields = {
                code: {**common, "lead": texts(article["lead"])[code], "body": stream(text)}
                for code, text in texts(article["body"]).items()
            }
            self._write_pages(NewsPage, article, index, fields)
        return index

    def _write_fronts(self) -> None:
        for entry in self.content["front"]:
            event = Event.objects.get(slug=entry["event"])
            fields = {code: {"event": event, "body": _front_body(entry, code)} for code in LANGUAGES}
            self._write_pages(EventFrontPage, {**entry, "slug": event.slug}, self.homes, fields)


def _front_body(entry: Mapping[str, Any], code: str) -> list[Part]:
    """Return the stream of an event's page: its parts in the order given."""
    body: list[Part] = []
    for name in entry["parts"]:
        if name == "text":
            body.append({"type": "heading", "value": {"text": texts(entry["heading"])[code], "level": "2"}})
            body += stream(texts(entry["text"])[code])
        elif name == "speakers":
            body.append({"type": name, "value": {"heading": "", "count": 12}})
        elif name == "recordings":
            body.append({"type": name, "value": {"heading": "", "text": texts(entry[name])[code]}})
        elif name == "news":
            body.append({"type": name, "value": {"heading": "", "count": 3, "only_event": True}})
        else:
            body.append({"type": name, "value": {"heading": ""}})
    return body


def _items(values: Iterable[Any]) -> list[Part]:
    """Return the stored form of a list in a block."""
    return [{"type": "item", "id": str(uuid.uuid4()), "value": value} for value in values]


def stream(text: str) -> list[Part]:
    """Return the blocks of a text in the marks that ``pages.toml`` explains."""
    parts: list[Part] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("# "):
            parts.append({"type": "heading", "value": {"text": line[2:], "level": "2"}})
        elif line.startswith("> "):
            heading, label, address = line[2:].split(" | ")
            link = {"label": label, "page": None, "address": address}
            call = {"heading": heading, "text": "", "links": _items([link])}
            parts.append({"type": "call", "value": call})
        else:
            _add_rich_text(parts, line)
    return parts


def _add_rich_text(parts: list[Part], line: str) -> None:
    """Add a paragraph or an item of a list to the text block at the end, beginning one where there is none."""
    is_item = line.startswith("* ")
    if not parts or parts[-1]["type"] != "text":
        parts.append({"type": "text", "value": ""})
    before = parts[-1]["value"]
    if not is_item:
        parts[-1]["value"] = f"{before}<p>{line}</p>"
    elif before.endswith("</ul>"):
        parts[-1]["value"] = f"{before.removesuffix('</ul>')}<li>{line[2:]}</li></ul>"
    else:
        parts[-1]["value"] = f"{before}<ul><li>{line[2:]}</li></ul>"
