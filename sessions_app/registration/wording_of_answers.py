"""Answers as people read them: labels in the place of keys, names of regions, dates in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from sessions_app.registration.models import Question, QuestionKind
from sessions_app.registration.regions import region_name


def in_answer_words(question: Question, value: Any) -> str:
    """Return an answer as people read it."""
    labels = {choice.key: choice.label or choice.key for choice in question.choices.all()}
    match question.kind:
        case QuestionKind.CHOICE:
            return labels.get(value, str(value))
        case QuestionKind.CHOICES:
            return ", ".join(labels.get(key, str(key)) for key in value)
        case QuestionKind.YES_NO:
            return _("Yes") if value is True else _("No")
        case QuestionKind.CONSENT:
            return _("given")
        case QuestionKind.REGION:
            return region_name(str(value))
        case QuestionKind.DATE:
            return _date(str(value))
    return str(value)


def _date(value: str) -> str:
    try:
        return date_format(dt.date.fromisoformat(value), "j E Y")
    except ValueError:
        return value
