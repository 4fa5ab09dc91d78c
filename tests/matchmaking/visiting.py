"""Steps of a participant that tests of pages share."""

import datetime as dt
import re

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matchmaking.models import (
    Meeting,
    Offer,
    Slot,
)
from matchmaking.services.accepting import accept
from matchmaking.services.asking import ask
from network.models import Topic


def client_of(who) -> Client:
    client = Client()
    client.force_login(getattr(who, "person", who))
    return client


def at(exchange, name, *more) -> str:
    return reverse(f"matchmaking:{name}", args=(exchange.event.slug, *more))


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def topic(name: str) -> Topic:
    return Topic.objects.create(slug=name, name_en=name, name_ru=name)


def offer(profile, kind: str, text: str, *topics: Topic) -> Offer:
    made = Offer.objects.create(person=profile.person, event=profile.exchange.event, kind=kind, text=text)
    made.topics.set(topics)
    return made


def met(one, other, slot=None) -> Meeting:
    accept(request=ask(sender=one, recipient=other, actor=None, slot=slot), by=other, actor=None)
    return Meeting.objects.get(low=min(one.pk, other.pk), high=max(one.pk, other.pk), state="booked")


def begun(meeting: Meeting) -> None:
    start = timezone.now() - dt.timedelta(minutes=10)
    Slot.objects.filter(pk=meeting.slot_id).update(start=start, end=start + dt.timedelta(minutes=25))
