"""Makes the working programme of an event what a schedule says, row by row, writing only what differs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Max

from network.codes import new_code
from network.localised import localised, set_localised
from network.models import Organisation, Person
from sessions_app.events.models import Event, EventDay, Room, Track
from sessions_app.programme.models import MaterialFile, Session, SessionMaterial, SessionRole, SessionState
from sessions_app.programme.queries import track_slug
from sessions_app.programme.schedule import model, texts

SUPPORTED = tuple(code for code, _name in settings.LANGUAGES)
TEXTS: dict[str, int | None] = {"title": 500, "subtitle": 500, "abstract": None, "description": None}
FindSession = Callable[[int, model.Session], Session | None]
FindPerson = Callable[[model.Person], Person | None]


class ScheduleWriter:
    """Writes one schedule into one event.

    ``find_session`` and ``find_person`` say which rows the schedule's items are; without an
    answer new rows are made. With ``partial``, the schedule comes from a file: what its
    format cannot hold (other languages, roles, seats, a stream) stays as it is, and so does
    what it is ``silent`` about, see ``Reading.silent``. ``composed`` marks descriptions that
    were put together of people and texts, as calendars have them: they never replace the parts.
    """

    def __init__(
        self,
        event: Event,
        schedule: model.Schedule,
        *,
        find_session: FindSession,
        find_person: FindPerson,
        partial: bool,
        composed: bool = False,
        silent: Sequence[frozenset[str]] = (),
    ) -> None:
        self.event = event
        self.schedule = schedule
        self.find_session = find_session
        self.find_person = find_person
        self.partial = partial
        self.composed = composed
        self.silent = silent
        self.main = event.main_language if event.main_language in SUPPORTED else SUPPORTED[0]
        spoken = [code for code in schedule.languages if code in SUPPORTED] or [self.main]
        self.languages = tuple(spoken) if partial else SUPPORTED
        self.people: dict[str, Person] = {}

    def write(self) -> list[Session]:
        """Write days, rooms, tracks, organisations, people and sessions; return the sessions in order."""
        self._write_days()
        self.rooms = self._write_rooms()
        self.tracks = self._write_tracks()
        self.organisations = {item.key: self._organisation(item) for item in self.schedule.organisations}
        self.people = self._write_people()
        taken = Session.objects.filter(event=self.event)
        self.codes = set(taken.values_list("code", flat=True))
        self.numbers = set(taken.values_list("number", flat=True))
        self.top = taken.aggregate(top=Max("number"))["top"] or 0
        rows = [self._session(index, item) for index, item in enumerate(self.schedule.sessions)]
        new = [row for row in rows if row.pk is None]
        self.fresh = {row.guid for row in new}
        Session.objects.bulk_create(new, batch_size=200)
        roles: list[SessionRole] = []
        for row, item in zip(rows, self.schedule.sessions, strict=True):
            roles += self._roles_to_write(row, item)
            self._write_links(row, item)
        SessionRole.objects.bulk_create(roles, batch_size=200)
        return rows

    def _fit(self, texts: model.Localised) -> dict[str, str]:
        """Return the texts in our languages; a text in another one stands under the main language."""
        fitting = {code: text for code, text in texts.items() if code in SUPPORTED}
        if texts and not fitting:
            fitting = {self.main: next(iter(texts.values()))}
        return fitting

    def _set_texts(
        self,
        row: Any,
        field: str,
        said: model.Localised,
        limit: int | None = None,
        silent: Collection[str] = (),
    ) -> bool:
        new = {code: text[:limit] for code, text in self._fit(said).items()}
        old = localised(row, field)
        kept = {
            code: text
            for code, text in old.items()
            if code not in self.languages
            or f"{field}_{code}" in silent
            or (self.composed and new.get(code) == texts.as_plain(text))
        }
        merged = kept | {code: text for code, text in new.items() if code not in kept}
        if merged == old:
            return False
        set_localised(row, field, merged)
        return True

    def _write_days(self) -> None:
        known = {day.date: day for day in EventDay.objects.filter(event=self.event)}
        for item in self.schedule.days:
            day = known.get(item.date)
            if day and self.partial:
                continue
            day = day or EventDay(event=self.event, date=item.date)
            day.opens = item.start.astimezone(self.event.zone).time().replace(tzinfo=None)
            day.closes = item.end.astimezone(self.event.zone).time().replace(tzinfo=None)
            self._set_texts(day, "title", item.title, 200)
            day.save()

    def _write_rooms(self) -> dict[str, Room]:
        rows = list(Room.objects.filter(event=self.event))
        by_guid = {str(row.guid): row for row in rows}
        by_name = {text.casefold(): row for row in rows for text in localised(row, "name").values()}
        found: dict[str, Room] = {}
        for order, item in enumerate(self.schedule.rooms):
            names = self._fit(item.name)
            row = by_guid.get(item.key) or next(
                (by_name[text.casefold()] for text in names.values() if text.casefold() in by_name), None
            )
            if row is None:
                row = Room(event=self.event, guid=item.key, sort_order=order)
                set_localised(row, "name", {code: text[:120] for code, text in names.items()})
                row.capacity, row.step_free = item.capacity, item.step_free
                row.save()
            elif not self.partial:
                set_localised(row, "name", names)
                set_localised(row, "place", self._fit(item.place))
                row.capacity, row.step_free, row.sort_order = item.capacity, item.step_free, order
                row.save()
            found[item.key] = row
        return found

    def _write_tracks(self) -> dict[str, Track]:
        rows = list(Track.objects.filter(event=self.event))
        by_slug = {row.slug: row for row in rows}
        by_name = {text.casefold(): row for row in rows for text in localised(row, "name").values()}
        found: dict[str, Track] = {}
        for order, item in enumerate(self.schedule.tracks):
            names = self._fit(item.name)
            row = by_slug.get(item.key) or next(
                (by_name[text.casefold()] for text in names.values() if text.casefold() in by_name), None
            )
            if row is None:
                slug = track_slug(item.key, by_slug)
                row = Track(event=self.event, slug=slug, hue=item.hue, sort_order=order)
                set_localised(row, "name", {code: text[:200] for code, text in names.items()})
                row.save()
                by_slug[slug] = row
            elif not self.partial:
                set_localised(row, "name", names)
                row.hue, row.sort_order = item.hue, order
                row.save()
            found[item.key] = row
        return found

    def _organisation(self, item: model.Organisation) -> Organisation:
        row = Organisation.objects.filter(code=item.key).first()
        for code, text in [] if row else self._fit(item.name).items():
            row = row or Organisation.objects.filter(**{f"name_{code}__iexact": text}).first()
        if row is None:
            row = Organisation(website=item.url)
            set_localised(row, "name", {code: text[:300] for code, text in self._fit(item.name).items()})
            row.save()
        return row

    def _write_people(self) -> dict[str, Person]:
        found = {item.key: self.find_person(item) for item in self.schedule.people}
        new: dict[str, Person] = {}
        for item in self.schedule.people:
            if found[item.key] is None:
                row = Person(name=item.name[:200], name_latin=item.latin[:200])
                row.set_unusable_password()
                self._set_texts(row, "biography", item.biography)
                new[item.key] = row
        Person.objects.bulk_create(new.values(), batch_size=200)
        return {key: person for key, person in (found | new).items() if person is not None}

    def _session(self, index: int, item: model.Session) -> Session:
        row = self.find_session(index, item)
        is_new = row is None
        if row is None:
            row = Session(event=self.event, guid=item.guid, number=self._free_number(item.number))
            row.code = item.code or new_code()
            while row.code in self.codes:
                row.code = new_code()
            self.codes.add(row.code)
        silent = self.silent[index] if self.silent and not is_new else frozenset()
        changed = self._set_fields(row, item, silent)
        for field, limit in TEXTS.items():
            if field in silent or (self.composed and field != "title" and not is_new and _has_parts(row)):
                continue
            changed = self._set_texts(row, field, getattr(item, field), limit, silent) or changed
        if changed and not is_new:
            row.save()
        return row

    def _free_number(self, wanted: int) -> int:
        if wanted <= 0 or wanted in self.numbers or wanted > 2_000_000_000:
            wanted = self.top + 1
        self.top = max(self.top, wanted)
        self.numbers.add(wanted)
        return wanted

    def _set_fields(self, row: Session, item: model.Session, silent: Collection[str]) -> bool:
        values: dict[str, Any] = {
            "kind": str(item.kind),
            "language": item.language[:12],
            "track_id": self.tracks[item.track].pk if item.track else None,
            "room_id": self.rooms[item.room].pk if item.room else None,
            "start": item.start,
            "end": item.end,
            "recorded": item.recorded,
            "licence": item.licence[:120],
        }
        if row.state == SessionState.WITHDRAWN or not self.partial:
            values["state"] = SessionState.READY
        rare = {
            "host_id": self.organisations[item.host].pk if item.host else None,
            "seats": item.seats,
            "stream_url": item.stream_url,
        }
        values |= {field: value for field, value in rare.items() if value or not self.partial}
        changed = {
            field: value
            for field, value in values.items()
            if field.removesuffix("_id") not in silent and getattr(row, field) != value
        }
        for field, value in changed.items():
            setattr(row, field, value)
        return bool(changed)

    def _roles_to_write(self, row: Session, item: model.Session) -> list[SessionRole]:
        """Return the session's new roles, after taking the old ones away; none when nothing differs."""
        if self.partial and not self.schedule.people:
            return []
        before = [] if row.guid in self.fresh else list(row.roles.all())
        known = {role.person_id: role for role in before}
        wanted: list[SessionRole] = []
        seen: set[tuple[int, str]] = set()
        for order, credit in enumerate(item.credits):
            person = self.people[credit.person]
            if self.partial and person.pk in known and self._says_the_same(credit, known[person.pk]):
                role = _copy_of(known[person.pk], order)
            else:
                role = self._role(row, person, credit, order)
            if (person.pk, role.role) not in seen:
                seen.add((person.pk, role.role))
                wanted.append(role)
        if [_role_values(role) for role in before] == [_role_values(role) for role in wanted]:
            return []
        if before:
            SessionRole.objects.filter(session=row).delete()
        return wanted

    def _role(self, row: Session, person: Person, credit: model.Credit, order: int) -> SessionRole:
        role = SessionRole(session=row, person=person, role=str(credit.role), sort_order=order)
        role.organisation = self.organisations[credit.organisation] if credit.organisation else None
        own = localised(role.organisation, "name") if role.organisation else {}
        printed = {code: text[:300] for code, text in self._fit(credit.organisation_name).items()}
        set_localised(
            role, "organisation_name", {code: text for code, text in printed.items() if own.get(code) != text}
        )
        set_localised(role, "post", {code: text[:300] for code, text in self._fit(credit.post).items()})
        return role

    def _says_the_same(self, credit: model.Credit, known: SessionRole) -> bool:
        """Tell whether a file's credit says nothing but what the role says already, or less."""
        own = localised(known.organisation, "name") if known.organisation else {}
        organisation = {**own, **localised(known, "organisation_name")}
        return (
            (credit.role is model.Role.SPEAKER or str(credit.role) == known.role)
            and self._fit(credit.post).items() <= localised(known, "post").items()
            and self._fit(credit.organisation_name).items() <= organisation.items()
        )

    def _write_links(self, row: Session, item: model.Session) -> None:
        if not item.links and (self.partial or row.guid in self.fresh):
            return
        if not self.partial:
            restore_files(row, item.links)
        addresses = SessionMaterial.objects.filter(session=row, file="")
        wanted = [(link.title[:300] or link.url[:300], link.url) for link in item.links if not link.is_file]
        if [(material.title, material.url) for material in addresses] == wanted:
            return
        addresses.delete()
        for order, (title, url) in enumerate(wanted):
            material = SessionMaterial(session=row, url=url, sort_order=order)
            set_localised(material, "title", dict.fromkeys(SUPPORTED, title))
            material.save()


def restore_files(row: Session, links: Iterable[model.Link]) -> None:
    """Give a session the uploaded files that these links of a release name, and no others."""
    wanted = {
        link.url.rstrip("/").rpartition("/")[2]: link.title
        for link in links
        if link.is_file and "/files/materials/" in link.url
    }
    kept = {
        str(material.guid): material
        for material in SessionMaterial.objects.filter(session=row).exclude(file="")
    }
    for guid, material in kept.items():
        if guid not in wanted:
            material.delete()
    missing = [guid for guid in wanted if guid not in kept]
    for order, found in enumerate(MaterialFile.objects.filter(event_id=row.event_id, pk__in=missing)):
        material = SessionMaterial(session=row, guid=found.pk, file=found.path, sort_order=order)
        material.original_name = found.original_name
        set_localised(material, "title", dict.fromkeys(SUPPORTED, wanted[str(found.pk)]))
        material.save()


def _has_parts(row: Session) -> bool:
    return bool(localised(row, "abstract")) or bool(row.roles.all())


def _role_values(role: SessionRole) -> tuple[Any, ...]:
    printed = (localised(role, "post"), localised(role, "organisation_name"))
    return (role.person_id, role.role, role.organisation_id, printed)


def _copy_of(role: SessionRole, order: int) -> SessionRole:
    copy = SessionRole(
        session_id=role.session_id,
        person_id=role.person_id,
        role=role.role,
        organisation_id=role.organisation_id,
        sort_order=order,
    )
    set_localised(copy, "post", localised(role, "post"))
    set_localised(copy, "organisation_name", localised(role, "organisation_name"))
    return copy


def sessions_by_guid(event: Event) -> dict[Any, Session]:
    """Return the event's sessions with what a writer compares, by guid."""
    rows = Session.objects.filter(event=event).prefetch_related("roles")
    return {row.guid: row for row in rows}


def write_schedule(*, event: Event, schedule: model.Schedule) -> list[Session]:
    """Make the working programme exactly what a released schedule of the same event holds.

    Belongs into a transaction that has locked the event.
    """
    known = sessions_by_guid(event)
    codes: Iterable[str] = [person.key for person in schedule.people]
    people = {person.code: person for person in Person.objects.filter(code__in=codes)}
    writer = ScheduleWriter(
        event,
        schedule,
        find_session=lambda _index, item: known.get(item.guid),
        find_person=lambda item: people.get(item.key),
        partial=False,
    )
    return writer.write()
