"""Recordings as a podcast (RSS 2.0 with the itunes and podcast namespaces) and as Atom."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable
from email.utils import format_datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe
from lxml import etree
from lxml.builder import ElementMaker

from media_archive.pages.published import Published, published
from network.localised import localised
from network.web.words import text_and_language
from sessions_app.events.models import Event
from sessions_app.events.queries import get_event
from sessions_app.programme.models import SessionRoleName
from sessions_app.programme.pages.reader import Reader
from sessions_app.programme.views.public import reader_of_event

ATOM = "http://www.w3.org/2005/Atom"
ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
GUIDS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")  # the podcast namespace's own
MOST = 100
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # no characters of XML 1.0

A = ElementMaker(namespace=ATOM)
I = ElementMaker(namespace=ITUNES)  # noqa: E741  the name that feeds give it
P = ElementMaker(namespace=PODCAST)
R = ElementMaker()


def legal(value: str) -> str:
    """Return the text without characters that XML cannot hold."""
    return _ILLEGAL.sub("", value)


@require_safe
@conditional_page
def podcast(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the event's recordings as a podcast: ?person=, ?track= and ?lang= choose."""
    return _answer(request, slug, _rss, "application/rss+xml")


@require_safe
@conditional_page
def atom(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with the same as Atom."""
    return _answer(request, slug, _atom, "application/atom+xml")


def _answer(
    request: HttpRequest, slug: str, write: Callable[[Event, Reader, list[Published], str, str], etree._Element], kind: str
) -> HttpResponse:  # fmt: skip
    event = get_event(slug, AnonymousUser())
    asked = request.GET.get("lang", "")
    language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        reader = reader_of_event(event, language)
        person, track = request.GET.get("person", ""), request.GET.get("track", "")
        if (person and person not in reader.people) or (track and track not in reader.tracks):
            raise Http404
        found = [one for one in published(event, reader) if _is_wanted(one, person, track)][:MOST]
        root = write(event, reader, found, _feed_title(event, reader, person, track), request.get_full_path())
    body = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["Cache-Control"] = "public, max-age=60"
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _is_wanted(one: Published, person: str, track: str) -> bool:
    if not person and not track:
        return True
    session = one.session
    if session is None:
        return False
    by_person = not person or any(credit.person == person for credit in session.credits)
    return by_person and (not track or session.track == track)


def _feed_title(event: Event, reader: Reader, person: str, track: str) -> str:
    name = text_and_language(localised(event, "name"), reader.language)[0] or event.slug
    of_person = reader.people[person].name if person in reader.people else ""
    of_track = reader.words(reader.tracks[track].name).text if track in reader.tracks else ""
    return legal(
        ": ".join(filter(None, [_("%(event)s: recordings") % {"event": name}, of_person or of_track]))
    )


def _archive(event: Event) -> str:
    return f"{settings.BASE_URL}{reverse('media_archive:archive', args=(event.slug,))}"


def _guid(one: Published) -> str:
    return f"{settings.BASE_URL}/events/{one.slug}/recordings/{one.cut.code}"


def _rss(event: Event, reader: Reader, found: list[Published], title: str, path: str) -> etree._Element:
    channel = R.channel(
        R.title(title),
        R.link(_archive(event)),
        R.description(title),
        R.language(reader.language),
        A.link(href=f"{settings.BASE_URL}{legal(path)}", rel="self", type="application/rss+xml"),
        I.author(legal(str(event))),
        I.explicit("false"),
        I.category(text="Business"),
        I.type("episodic"),
        I.image(href=f"{settings.BASE_URL}{reverse('event_cover', args=(event.slug,))}"),
        P.medium(_medium(found)),
        P.guid(feed_guid(f"{settings.BASE_URL}{legal(path)}")),
    )
    channel.extend(_item(one) for one in found)
    rss = etree.Element("rss", nsmap={"atom": ATOM, "itunes": ITUNES, "podcast": PODCAST})
    rss.set("version", "2.0")
    rss.append(channel)
    return rss


def feed_guid(address: str) -> str:
    """Return the podcast namespace's lasting name of a feed: by its address without scheme and slashes at the end."""
    return str(uuid.uuid5(GUIDS, address.partition("://")[2].rstrip("/")))


def _medium(found: list[Published]) -> str:
    """Return what the enclosures are, in the podcast namespace's words."""
    heard = {one.sound is not None for one in found if one.sound or one.picture}
    return "mixed" if len(heard) > 1 else "video" if heard == {False} else "podcast"


def _item(one: Published) -> etree._Element:
    item = R.item(
        R.title(legal(one.title.text)),
        R.link(one.page),
        R.guid(_guid(one), isPermaLink="false"),
        R.pubDate(format_datetime(one.cut.starts_at.astimezone(dt.UTC))),
        R.description(legal(one.description)),
        I.explicit("false"),
    )
    if not one.elsewhere:
        item.append(I.duration(str(round(one.seconds))))
    main = one.sound or one.picture
    if main is not None:
        item.append(R.enclosure(url=main.url, length=str(main.size), type=main.kind))
    for camera in one.cameras:
        enclosure = P.alternateEnclosure(
            P.source(uri=f"{one.base}{camera.number}/master.m3u8"),
            type="application/vnd.apple.mpegurl", title=legal(str(camera)),
        )  # fmt: skip
        item.append(enclosure)
    for file in one.files:
        if file.height:
            item.append(
                P.alternateEnclosure(
                    P.source(uri=file.url), type=file.kind, length=str(file.size), bitrate=str(file.bits),
                    height=str(file.height), title=legal(str(file.camera)),
                )
            )  # fmt: skip
    for transcript in one.transcripts:
        for form, kind in (("vtt", "text/vtt"), ("srt", "application/x-subrip")):
            address = f"{one.base}captions-{transcript.language}.{form}"
            item.append(P.transcript(url=address, type=kind, language=transcript.language))
    if one.chapters:
        item.append(P.chapters(url=f"{one.base}chapters.json", type="application/json+chapters"))
    for name, credit in one.credits:
        role = "host" if credit.role.value == SessionRoleName.MODERATOR else "guest"
        item.append(P.person(legal(name), role=role))
    return item


def _atom(event: Event, reader: Reader, found: list[Published], title: str, path: str) -> etree._Element:
    own = f"{settings.BASE_URL}{legal(path)}"
    newest = max((one.cut.updated_at for one in found), default=event_begin(reader))
    feed = etree.Element(f"{{{ATOM}}}feed", nsmap={None: ATOM})
    feed.extend(
        [
            A.id(own),
            A.title(title),
            A.updated(newest.isoformat()),
            A.author(A.name(legal(str(event)))),
            A.link(href=own, rel="self", type="application/atom+xml"),
            A.link(href=_archive(event), rel="alternate", type="text/html"),
        ]
    )
    for one in found:
        entry = A.entry(
            A.id(_guid(one)),
            A.title(legal(one.title.text)),
            A.updated(one.cut.updated_at.isoformat()),
            A.published(one.cut.starts_at.isoformat()),
            A.link(href=one.page, rel="alternate", type="text/html"),
            A.summary(legal(one.description)),
        )
        for name, _credit in one.credits:
            entry.append(A.author(A.name(legal(name))))
        main = one.sound or one.picture
        if main is not None:
            entry.append(A.link(href=main.url, rel="enclosure", type=main.kind, length=str(main.size)))
        if one.elsewhere:
            entry.append(A.link(href=legal(one.elsewhere), rel="related"))
        feed.append(entry)
    return feed


def event_begin(reader: Reader) -> dt.datetime:
    """Return the begin of the event's first day: when a feed without entries last changed."""
    return reader.days[0].start if reader.days else dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
