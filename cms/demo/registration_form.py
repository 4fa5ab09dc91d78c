"""Writes the form of a demo event: settings, quotas, categories, questions with their choices."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cms.demo.content import texts
from network.localised import set_localised
from sessions_app.events.models import Event
from sessions_app.registration.models import Category, Choice, Question, Quota, RegistrationSettings


@dataclass(slots=True)
class Form:
    """What was written, by keys of the file; ``places`` maps question and choice to quota and how many are taken."""

    categories: dict[str, Category] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    places: dict[tuple[str, str], tuple[Quota, int]] = field(default_factory=dict)


def moment_of(event: Event, item: Mapping[str, Any], now: dt.datetime) -> dt.datetime:
    """Return a moment that is given by date, or by days from today, on the event's clocks."""
    today = now.astimezone(event.zone).date()
    date = item.get("date") or today + dt.timedelta(days=item["offset"])
    return dt.datetime.combine(date, item["time"], event.zone).astimezone(dt.UTC)


def load_form(event: Event, content: Mapping[str, Any], now: dt.datetime) -> Form:
    """Write the form."""
    form = Form()
    _write_settings(event, content, now)
    quotas = {}
    for item in content["quota"]:
        quotas[item["key"]] = _quota(event, texts(item["name"]), item["size"])
    for order, item in enumerate(content["category"]):
        form.categories[item["slug"]] = _category(event, item, quotas[item["quota"]], order)
    for order, item in enumerate(content.get("question", ())):
        form.questions[item["key"]] = _question(event, item, form, order)
    return form


def _write_settings(event: Event, content: Mapping[str, Any], now: dt.datetime) -> None:
    settings = RegistrationSettings(
        event=event,
        is_open=True,
        opens_at=moment_of(event, content["opens"], now),
        closes_at=moment_of(event, content["closes"], now),
        change_until=moment_of(event, content["closes"], now),
        offer_hours=content["offer_hours"],
        consent_version=content["consent_version"],
    )
    set_localised(settings, "introduction", texts(content["introduction"]))
    set_localised(settings, "consent_text", texts(content["consent"]))
    settings.save()


def _quota(event: Event, name: Mapping[str, str], size: int) -> Quota:
    quota = Quota(event=event, size=size)
    set_localised(quota, "name", dict(name))
    quota.save()
    return quota


def _category(event: Event, item: Mapping[str, Any], quota: Quota, order: int) -> Category:
    category = Category(
        event=event,
        slug=item["slug"],
        hue=item["hue"],
        quota=quota,
        entry=item.get("entry", "automatic"),
        visibility=item.get("visibility", "public"),
        sort_order=order,
    )
    for name, key in (("name", "name"), ("description", "description"), ("badge_word", "badge")):
        set_localised(category, name, texts(item[key]))
    category.save()
    return category


def _question(event: Event, item: Mapping[str, Any], form: Form, order: int) -> Question:
    after, value = item.get("after", ("", ""))
    question = Question(
        event=event,
        key=item["key"],
        kind=item["kind"],
        is_required=item.get("required", False),
        shown_if=form.questions.get(after),
        shown_if_values=[value] if after else [],
        minimum=item.get("minimum"),
        maximum=item.get("maximum"),
        text_version=item.get("version", "1"),
        sort_order=order,
    )
    for name in ("label", "help", "text"):
        set_localised(question, name, texts(item.get(name)))
    question.save()
    question.categories.set(form.categories[slug] for slug in item.get("categories", ()))
    for place, entry in enumerate(item.get("choices", ())):
        choice = Choice(question=question, key=entry["key"], sort_order=place)
        set_localised(choice, "label", texts(entry["label"]))
        if "places" in entry:
            names, labels = texts(item["label"]), texts(entry["label"])
            choice.quota = _quota(
                event, {code: f"{names[code]}: {labels[code]}" for code in names}, entry["places"]
            )
            form.places[item["key"], entry["key"]] = (choice.quota, entry["taken"])
        choice.save()
    return question
