"""Writes the demo's events: the frame, then the programme state by state, releasing each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cms.demo.content import EventContent, SessionContent, code_of, guid_of, read, texts
from network.localised import set_localised
from network.models import Organisation, Person
from sessions_app.events.models import Event, EventDay, EventOrganiser, Room, Track, Venue
from sessions_app.programme.models import Session, SessionRole
from sessions_app.programme.services.releasing import release_programme

RELEASED_AT = dt.time(16)  # local time of releases that are given by days


class EventLoader:
    """Writes one event; ``now`` decides where days and releases lie that are given relative to it."""

    def __init__(
        self,
        content: EventContent,
        *,
        organisations: Mapping[str, Organisation],
        people: Mapping[str, Person],
        now: dt.datetime,
    ) -> None:
        self.content = content
        self.frame = content.frame
        self.organisations = organisations
        self.people = people
        self.now = now
        self.rooms: dict[str, Room] = {}
        self.tracks: dict[str, Track] = {}
        self.posts = {key: item for section in read("people.toml").values() for key, item in section.items()}

    def load(self) -> Event:
        """Write frame and programme of an event that is not there yet."""
        self.event = self._write_event()
        self._write_rooms_and_tracks()
        self._write_days()
        self._write_programme()
        return self.event

    def reload_around(self, event: Event) -> None:
        """Write days and programme of the event afresh, around ``now``; its frame stays as it is."""
        self.event = event
        by_guid = {room.guid: room for room in event.rooms.all()}
        for item in self.frame["room"]:
            self.rooms[item["key"]] = by_guid[guid_of(event.slug, f"room/{item['key']}")]
        self.tracks = {track.slug: track for track in event.tracks.all()}
        event.releases.all().delete()
        event.sessions.all().delete()
        EventDay.objects.filter(event=event).delete()
        self._write_days()
        self._write_programme()

    def _write_event(self) -> Event:
        venue = Venue()
        for field in ("name", "city", "access_notes"):
            set_localised(venue, field, texts(self.frame["venue"].get(field)))
        venue.save()
        event = Event(
            slug=self.content.slug,
            timezone=self.frame["timezone"],
            languages=self.frame["languages"],
            brand_colour=self.frame["brand_colour"],
            contact_email=self.frame["contact_email"],
            venue=venue,
            is_public=True,
        )
        for field in ("name", "kind", "summary", "note"):
            set_localised(event, field, texts(self.frame[field]))
        event.full_clean()
        event.save()
        for order, key in enumerate(self.frame["organisers"]):
            EventOrganiser.objects.create(event=event, organisation=self.organisations[key], sort_order=order)
        return event

    def _write_rooms_and_tracks(self) -> None:
        for order, item in enumerate(self.frame["room"]):
            room = Room(
                event=self.event,
                guid=guid_of(self.content.slug, f"room/{item['key']}"),
                capacity=item["capacity"],
                step_free=item["step_free"],
                sort_order=order,
            )
            set_localised(room, "name", texts(item["name"]))
            set_localised(room, "place", texts(item["place"]))
            room.save()
            self.rooms[item["key"]] = room
        for order, item in enumerate(self.frame["track"]):
            track = Track(event=self.event, slug=item["key"], hue=item["hue"], sort_order=order)
            set_localised(track, "name", texts(item["name"]))
            track.save()
            self.tracks[item["key"]] = track

    def _write_days(self) -> None:
        self.dates = self.content.dates(self.now.astimezone(self.event.zone).date())
        for date, item in zip(self.dates, self.frame["day"], strict=True):
            day = EventDay(event=self.event, date=date)
            day.opens = item.get("opens", day.opens)
            day.closes = item.get("closes", day.closes)
            set_localised(day, "title", texts(item["title"]))
            set_localised(day, "summary", texts(item.get("summary")))
            day.save()

    def _write_programme(self) -> None:
        self.rows: dict[str, Session] = {}
        written: dict[str, SessionContent] = {}
        for number, item in enumerate(self.frame["release"], start=1):
            written = self._write_sessions(written, self.content.sessions_at(number))
            note = texts(item["note"])
            release_programme(event=self.event, actor=None, note=note, now=self._release_instant(item))
        self._write_sessions(written, self.content.draft())

    def _release_instant(self, item: Mapping[str, Any]) -> dt.datetime:
        if "at" in item:
            local: dt.datetime = item["at"]
            return local.replace(tzinfo=self.event.zone).astimezone(dt.UTC)
        date = self.now.astimezone(self.event.zone).date() - dt.timedelta(days=item["days_ago"])
        return dt.datetime.combine(date, RELEASED_AT, self.event.zone).astimezone(dt.UTC)

    def _write_sessions(
        self, written: Mapping[str, SessionContent], wanted: Mapping[str, SessionContent]
    ) -> dict[str, SessionContent]:
        """Write those sessions that differ from what is ``written``; return what stands there now."""
        for key, session in wanted.items():
            if written.get(key) != session:
                self._write_session(session)
        return dict(wanted)

    def _write_session(self, content: SessionContent) -> None:
        slug = self.content.slug
        row = self.rows.get(content.key) or Session(
            event=self.event,
            guid=guid_of(slug, content.key),
            code=code_of(slug, content.key),
            number=content.number,
        )
        date = self.dates[content.day - 1]
        row.start = dt.datetime.combine(date, content.start, self.event.zone).astimezone(dt.UTC)
        row.end = dt.datetime.combine(date, content.end, self.event.zone).astimezone(dt.UTC)
        row.state, row.kind, row.language = content.state, content.kind, content.language
        row.recorded, row.seats = content.recorded, content.seats
        row.room = self.rooms[content.room] if content.room else None
        row.track = self.tracks[content.track] if content.track else None
        row.host = self.organisations[content.host] if content.host else None
        for field in ("title", "subtitle", "abstract", "description"):
            set_localised(row, field, dict(getattr(content, field)))
        row.save()
        self.rows[content.key] = row
        SessionRole.objects.filter(session=row).delete()
        for order, (role, key) in enumerate(content.people):
            self._write_role(row, order, role, key)

    def _write_role(self, row: Session, order: int, role: str, key: str) -> None:
        item = self.posts[key]
        credit = SessionRole(
            session=row,
            person=self.people[key],
            role=role,
            organisation=self.organisations[item["org"]],
            sort_order=order,
        )
        set_localised(credit, "post", texts(item["post"]))
        credit.save()
