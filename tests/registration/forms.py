"""Fills in and sends the form as a browser does."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.test import Client

from network.models import OutboxMessage
from sessions_app.events.models import Event
from sessions_app.registration.models import Choice, Question, QuestionKind, Registration

WHO = {
    "name": "Ada Example",
    "email": "ada@plenum.example",
    "organisation_name": "Example Works",
    "post": "Engineer",
}


def path(event: Event, rest: str = "") -> str:
    return f"/en/events/{event.slug}/register/{rest}"


def filled(event: Event, **more: Any) -> dict[str, Any]:
    """Return what a browser sends: who she is, every question as shown, and the form's key."""
    keys = list(Question.objects.filter(event=event, is_removed=False).values_list("key", flat=True))
    return {**WHO, "key": str(uuid.uuid4()), "shown": keys, **more}


def code_from_letter() -> str:
    """Return the six digits of the newest letter that holds a code."""
    for message in OutboxMessage.objects.filter(kind="mail", key__startswith="proof:").order_by(
        "-created_at"
    ):
        found = re.search(r"^\d{6}$", message.payload["body"], re.MULTILINE)
        assert found
        return found.group()
    raise AssertionError("no letter with a code")


def register(client: Client, event: Event, **more: Any) -> Registration:
    """Register on one screen, with the code when nobody is signed in; return the registration."""
    answer = client.post(path(event), filled(event, **more))
    if answer.status_code == 302 and answer["Location"].endswith("/register/code/"):
        answer = client.post(path(event, "code/"), {"code": code_from_letter()})
    assert answer.status_code == 302, answer.content.decode()
    return Registration.objects.get(event=event, code=answer["Location"].split("/")[-3])


def ask(
    event: Event, key: str, kind: str = QuestionKind.TEXT, *, choices: tuple[str, ...] = (), **fields: Any
) -> Question:
    """Return a new question of the event, with choices by their keys."""
    number = event.questions.count()
    question = Question.objects.create(
        event=event, key=key, kind=kind, label_en=f"Question {key}", label_ru=f"Вопрос {key}",
        sort_order=number, **fields,
    )  # fmt: skip
    for order, choice in enumerate(choices):
        Choice.objects.create(question=question, key=choice, label_en=f"Answer {choice}", sort_order=order)
    return question
