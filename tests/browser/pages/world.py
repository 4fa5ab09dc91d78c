"""What the pages tell of: the demo, and states that a good demo does not have."""

from __future__ import annotations

import datetime as dt
import uuid
from io import BytesIO
from typing import Any

from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image as Picture
from wagtail.images.models import Image
from wagtail.models import Collection, Locale

from cms.demo.loading import load_demo
from cms.models import EventFrontPage, HomePage, NewsIndexPage, NewsPage, PartnersPage, StandardPage
from cms.services import ensure_site
from network.models import OutboxMessage, OutboxState
from sessions_app.events.models import Event, TeamRole
from sessions_app.programme.models import Session, SessionMaterial, SessionState
from sessions_app.programme.services.releasing import release_programme
from tests.browser.pages.admission import add_admission
from tests.browser.pages.delegations import add_delegations
from tests.browser.pages.exchange import add_exchange
from tests.browser.pages.exchange_desk import add_exchange_desk
from tests.browser.pages.guests_world import add_guests
from tests.browser.pages.recordings import add_recordings
from tests.browser.pages.webhooks import add_webhooks
from tests.cms.builders import add_page
from tests.factories import (
    EventFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_event,
    make_team_member,
)

LONG = "Энергоэффективность и межрегиональное сотрудничество промышленных кластеров в условиях " * 2
UNBROKEN = "Сельскохозяйственнаявысокотехнологичнаякооперация" * 2


# Names for the places in addresses, e.g. ``{forum}``, and what they stand for.
Places = dict[str, Any]


def load_places() -> Places:
    """Write everything; belongs into a migrated database, or into one that was flushed since."""
    Group.objects.get_or_create(name="Editors")
    if Collection.get_first_root_node() is None:
        Collection.add_root(name="Root")
    ensure_site()
    places: Places = {}
    load_demo(now=timezone.now())
    _name_the_forum(places)
    _add_rough_event(places)
    _add_beginnings(places)
    _add_content(places)
    _add_outbox()
    add_guests(places)
    add_delegations(places)
    add_admission(places)
    add_exchange(places)
    add_exchange_desk(places)
    add_webhooks(places)
    add_recordings(places)
    return places


def _name_the_forum(places: Places) -> None:
    """Name pages of the demo's forum, which runs today."""
    event = Event.objects.get(slug="cluster-forum")
    sessions = event.sessions.filter(state=SessionState.READY, roles__organisation__isnull=False)
    session = sessions.filter(kind="panel").order_by("number").first() or sessions.order_by("number")[0]
    role = session.roles.filter(organisation__isnull=False)[0]
    days = list(event.days.all())
    places |= {
        "forum": event.slug,
        "forum_pk": event.pk,
        "past": "strategic-session-2018",
        "past_day": Event.objects.get(slug="strategic-session-2018").days.first().date,
        "day": days[len(days) // 2].date,
        "session": session.code,
        "session_pk": session.pk,
        "person": role.person.code,
        "person_pk": role.person.pk,
        "organisation": role.organisation.code,
        "organisation_pk": role.organisation.pk,
        "venue_pk": event.venue_id,
    }


def _add_rough_event(places: Places) -> None:
    """Add an event in which everything is long, unfinished, cancelled or in two places at once."""
    event = make_event(sessions=6, slug="rough", name_en=f"Rough {UNBROKEN}", name_ru=LONG)
    sessions = list(event.sessions.order_by("number"))
    cancelled, moved, renamed, clashing, bare, long = sessions
    speaker = PersonFactory(name=f"Константин {UNBROKEN}", name_latin="Constantine")
    SessionRoleFactory(session=long, person=speaker, organisation_name_en=LONG, post_en=LONG)
    SessionMaterial.objects.create(session=long, title_en=LONG, url="https://slides.example/" + "a" * 80)
    Session.objects.filter(pk=long.pk).update(
        title_en=f"On {UNBROKEN}",
        title_ru=LONG,
        subtitle_en=LONG,
        abstract_en=LONG,
        description_ru=LONG,
        recorded=True,
        seats=20,
        stream_url="https://stream.example/",
    )
    release_programme(event=event, actor=None, note="")
    Session.objects.filter(pk=cancelled.pk).update(state=SessionState.WITHDRAWN)
    Session.objects.filter(pk=moved.pk).update(
        start=moved.start + dt.timedelta(hours=5), end=moved.end + dt.timedelta(hours=5)
    )
    release_programme(event=event, actor=None, note=LONG, override_reason="The wall is movable")
    Session.objects.filter(pk=renamed.pk).update(title_en=LONG, title_ru=LONG)
    Session.objects.filter(pk=clashing.pk).update(room=long.room, start=long.start, end=long.end)
    Session.objects.filter(pk=bare.pk).update(start=None, end=None, state=SessionState.DRAFT)
    SessionRoleFactory(session=clashing, person=speaker)
    SessionFactory(event=event, room=None, title_en="Added later", title_ru="")
    SessionFactory(event=event, start=long.start - dt.timedelta(days=40), title_en="Too early", title_ru="")
    organiser = make_team_member(event, "organiser", name="Olga Organiser", email="rough@plenum.example")
    TeamRole.objects.create(event=Event.objects.get(slug="cluster-forum"), person=organiser, role="organiser")
    places |= {
        "rough_pk": event.pk,
        "rough_day": event.days.first().date,
        "cancelled": cancelled.code,
        "withdrawn_pk": cancelled.pk,
        "long": long.code,
        "long_pk": long.pk,
        "clashing_pk": clashing.pk,
        "bare_pk": bare.pk,
        "renamed_pk": renamed.pk,
        "other": moved.code,
        "speaker": speaker.code,
    }


def _add_beginnings(places: Places) -> None:
    """Add an event without days, sessions or release, and one that only its team sees."""
    fresh = EventFactory(slug="fresh", name_en="Not yet announced", name_ru="Ещё не объявлено")
    fresh.days.all().delete()
    hidden = make_event(sessions=1, slug="hidden", is_public=False)
    release_programme(event=hidden, actor=None, note="")
    member = make_team_member(fresh, "organiser", name="Fedor Fresh", email="fresh@plenum.example")
    TeamRole.objects.create(event=hidden, person=member, role="organiser")
    make_team_member(hidden, "door_steward", name="Savva Steward", email="steward@plenum.example")
    PersonFactory(name="Nobody", email="nobody@plenum.example")
    places |= {"fresh_pk": fresh.pk}


def picture() -> Image:
    """Return a small picture of one colour."""
    content = BytesIO()
    Picture.new("RGB", (640, 360), (40, 90, 120)).save(content, "PNG")
    return Image.objects.create(title="Hall", file=ImageFile(BytesIO(content.getvalue()), name="hall.png"))


def items(*values: Any) -> list[dict[str, Any]]:
    """Return the stored form of a list in a block."""
    return [{"type": "item", "id": str(uuid.uuid4()), "value": value} for value in values]


def text_blocks(image: Image) -> list[tuple[str, Any]]:
    """Return each block that every page may hold."""
    organisations = [OrganisationFactory(website="https://o.example/"), OrganisationFactory(name_en=UNBROKEN)]
    link = {"label": "See the events", "page": None, "address": "/events/"}
    return [
        ("heading", {"text": "First part", "level": "2"}),
        ("text", "<p>Teams met for <b>three</b> days. <a href='https://example.org/'>More</a></p><ul><li>one</li></ul>"),
        ("heading", {"text": "A part of it", "level": "3"}),
        ("picture", {"image": image, "alt": "The hall before the opening", "caption": "Before the opening"}),
        ("quote", {"text": "We build together.", "name": "Anna Example", "post": "Head of a cluster"}),
        ("heading", {"text": UNBROKEN, "level": "2"}),
        ("call", {"heading": "Take part", "text": "All are welcome.", "links": [link, link]}),
        ("heading", {"text": "Third part", "level": "2"}),
        ("figures", {"heading": "Numbers", "from_programme": True, "figures": [{"number": "1 200", "label": "clusters"}]}),
        ("video", {"title": "Opening", "address": "https://video.example/1", "note": "40 minutes"}),
        ("partners", {"heading": "With", "note": "For years.", "organisations": organisations}),
    ]  # fmt: skip


def _add_content(places: Places) -> None:
    """Add a page of every kind with every block, and more news than one page lists."""
    home = HomePage.objects.get(locale=Locale.objects.get(language_code="en"))
    event = Event.objects.get(slug="rough")
    news = NewsIndexPage.objects.child_of(home).first()
    image = picture()
    blocks = text_blocks(image)
    standard = add_page(
        home, StandardPage, title=f"Every block {UNBROKEN}", slug="blocks", lead=LONG, body=blocks
    )
    add_page(home, StandardPage, title="Nothing yet", slug="nothing-yet")
    article = add_page(
        news, NewsPage, title="Every block", slug="blocks", lead=LONG, body=blocks, event=event
    )
    for number in range(30):
        add_page(news, NewsPage, title=f"Announcement {number}", slug=f"n{number}", lead="Soon.")
    live = [
        ("programme_days", {"heading": ""}),
        ("speakers", {"heading": "", "count": 4}),
        ("organisers", {"heading": ""}),
        ("venue", {"heading": ""}),
        ("release", {"heading": ""}),
        ("recordings", {"heading": "", "text": "Within a week."}),
        ("news", {"heading": "", "count": 3, "only_event": True}),
    ]
    add_page(home, EventFrontPage, title="Rough", slug="rough", event=event, body=[*live, *blocks])
    # The home page in Russian keeps the order that it has by itself.
    home.body = [("events", {"heading": ""}), ("news", {"heading": "", "count": 3, "only_event": False})]
    home.save_revision().publish()
    partners = PartnersPage.objects.child_of(home).first()
    front = EventFrontPage.objects.get(event__slug="cluster-forum", locale=home.locale)
    places |= {
        "home_pk": home.pk, "standard_pk": standard.pk, "article_pk": article.pk, "news_index_pk": news.pk,
        "news": news.slug, "partners": partners.slug, "partners_pk": partners.pk, "front_pk": front.pk,
    }  # fmt: skip


def _add_outbox() -> None:
    """Add messages that wait, went and failed."""
    for state in OutboxState:
        OutboxMessage.objects.create(
            kind="mail",
            key=f"example-{state}",
            payload={"to": "a@plenum.example"},
            state=state,
            attempts=9,
            delivered_at=timezone.now() if state == OutboxState.DELIVERED else None,
            last_error="ConnectionRefusedError: the mail server is away"
            if state == OutboxState.FAILED
            else "",
        )
