"""Search finds what is published and released, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cms.models import EventFrontPage, StandardPage
from cms.search import find
from sessions_app.programme.models import Session
from sessions_app.programme.services.releasing import release_programme
from tests.cms.builders import add_page, translate
from tests.factories import (
    EventFactory,
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_released_event,
)


def titles(question: str, language: str = "en") -> list[str]:
    found = find(question, language)
    return [text for group in found.groups for hit in group.hits for text in hit.title.values()]


@pytest.fixture
def released(db):
    event = EventFactory(name_en="Forum of Clusters", name_ru="Форум кластеров", slug="forum")
    session = SessionFactory(
        event=event,
        title_en="Lasers for everyone",
        title_ru="Лазеры для всех",
        abstract_en="About photonics.",
    )
    organisation = OrganisationFactory(name_en="Optics Works", name_ru="Оптический завод")
    SessionRoleFactory(
        session=session,
        person=PersonFactory(name="Фёдор Лучин", name_latin="Fyodor"),
        organisation=organisation,
    )
    release_programme(event=event, actor=None, note="x")
    return event


@pytest.mark.parametrize(
    "question",
    ["lasers", "LASERS", "laser", "лазеры", "лазеров", "photonics", "Лучин", "lasers everyone"],
)
def test_finds_a_session_by_its_words(released, question):
    assert "Lasers for everyone" in titles(question)


@pytest.mark.parametrize("question", ["федор", "фёдор лучин", "fyodor"])
def test_finds_a_person_however_her_name_is_written(released, question):
    assert "Фёдор Лучин" in titles(question)


def test_finds_organisations_and_events(released):
    assert "Optics Works" in titles("optics")
    assert "Форум кластеров" in titles("кластеры")


def test_every_word_must_occur(released):
    assert titles("lasers bananas") == []


def test_drafts_are_not_found(released, client, homes):
    SessionFactory(event=released, number=9, title_en="Zirconium plans")
    Session.objects.filter(title_en="Lasers for everyone").update(title_en="Zirconium lasers")
    SessionRoleFactory(session=released.sessions.first(), person=PersonFactory(name="Zirconium Person"))
    add_page(homes["en"], StandardPage, title="Zirconium page", live=False)
    page = add_page(homes["en"], StandardPage, title="Public page")
    page.title = "Zirconium in the draft"
    page.save_revision()
    assert titles("zirconium") == []
    assert "irconium p" not in client.get("/en/search/?q=zirconium").content.decode()


def test_hidden_events_are_not_found(client, homes):
    event, _release = make_released_event(is_public=False, name_en="Hidden gathering")
    add_page(homes["en"], EventFrontPage, title="Hidden gathering front", event=event)
    assert titles("hidden") == []
    assert titles(event.sessions.first().title_en) == []


def test_pages_in_the_readers_language_replace_their_twins(homes, russian):
    page = add_page(homes["en"], StandardPage, title="Travel", lead="Tomsk by train")
    assert titles("Tomsk", "ru") == ["Travel"]
    translate(page, russian, title="Дорога", lead="Tomsk поездом")
    assert titles("Tomsk", "ru") == ["Дорога"]
    assert titles("Tomsk", "en") == ["Travel"]


@pytest.mark.parametrize(
    "question",
    [
        "",
        "   ",
        "\x00",
        "a\x00b",
        "x" * 10_000,
        "слово " * 2_000,
        "'\"; DROP TABLE--",
        '"" AND OR NOT (',
        "*",
        "NEAR/2 a:b ^c",
        "%_\\",
        "\u202eабв",
        "🎉🎉",
        "\ud7ff\uffff",
        "<script>alert(1)</script>",
    ],
)
def test_any_question_is_answered(client, released, homes, question):
    response = client.get("/en/search/", {"q": question})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_invalid_bytes_in_the_address_are_answered(client, homes):
    assert client.get("/en/search/?q=%ff%fe%00").status_code == 200
    assert client.get("/en/news/?page=%00").status_code in {200, 404}


def test_queries_do_not_grow(client, homes):
    counts = []
    for number in (1, 3):
        while number > len(counts) and len(list(homes["en"].get_children())) < number:
            event, _release = make_released_event(name_en="Needle event")
            homes["en"].refresh_from_db()
            add_page(homes["en"], EventFrontPage, title="Needle front", event=event)
            add_page(homes["en"], StandardPage, title="Needle page")
        client.get("/en/search/?q=needle")
        with CaptureQueriesContext(connection) as captured:
            html = client.get("/en/search/?q=needle").content.decode()
        assert "Needle page" in html
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_event_that_is_found_is_not_listed_a_second_time_as_its_page(released, homes):
    add_page(homes["en"], EventFrontPage, title="Forum of Clusters", event=released, slug="forum-front")
    assert titles("Forum of Clusters").count("Forum of Clusters") == 1
