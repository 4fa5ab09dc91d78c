"""Joining, the profile and one's own time, as the pages do it."""

import pytest
from django.urls import reverse

from matchmaking.models import (
    ExchangeProfile,
    Occupation,
    Offer,
    ProfileState,
)
from matchmaking.services.setting_up import set_phase, sync_programme
from matchmaking.states import Phase
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_registration,
)
from tests.matchmaking.visiting import at, client_of, offer, text_of, topic

pytestmark = pytest.mark.django_db


def test_a_registered_person_joins_with_what_is_known(exchange):
    organisation = OrganisationFactory(kind="cluster", region="RU-KLU")
    registration = make_registration(
        exchange.event,
        exchange.event.categories.get(),
        name="Clara Coming",
        post="Engineer",
        organisation=organisation,
        organisation_name="Titan",
    )
    client = client_of(registration.person)
    assert "Join the exchange" in text_of(client.get(at(exchange, "entrance")))
    answer = client.post(at(exchange, "entrance"))
    assert answer.headers["Location"] == at(exchange, "profile")
    page = client.get(at(exchange, "profile"))
    assert 'value="Clara Coming"' in page.content.decode()
    assert 'value="Engineer"' in page.content.decode()
    assert "Titan" in text_of(page)
    profile = ExchangeProfile.objects.get(person=registration.person)
    assert (profile.state, profile.cluster) == (ProfileState.DRAFT, organisation)


def test_who_is_not_registered_is_told_how_to_come(exchange):
    client = client_of(PersonFactory())
    page = client.get(at(exchange, "entrance"))
    assert reverse("registration:register", args=(exchange.event.slug,)) in page.content.decode()
    answer = client.post(at(exchange, "entrance"))
    assert answer.status_code == 403
    assert "You are not registered yet" in text_of(answer)
    assert not ExchangeProfile.objects.exists()


def rows(*offers: dict, name: str = "Anna Example", **more) -> dict:
    data = {"name": name, "post": "", "region": "", "about": "", "languages": ["ru", "en"]}
    data["rows"] = len(offers)
    for index, values in enumerate(offers):
        for field, value in {"kind": "offer", "text": "", **values}.items():
            data[f"o{index}-{field}"] = value
    return {**data, **more}


def test_profile_and_offers_are_saved_together_and_lead_on_to_her_time(exchange, anna):
    ExchangeProfile.objects.update(state=ProfileState.DRAFT)
    steel = topic("steel")
    answer = client_of(anna).post(
        at(exchange, "profile"),
        rows(
            {"text": "Castings", "topics": [steel.pk], "cooperation": "supply", "readiness": "market"},
            {"kind": "need", "text": "Sand"},
            {"kind": "need"},
            post="Founder",
            organisation_name="Foundry",
        ),
    )
    assert answer.headers["Location"] == at(exchange, "time")
    anna.refresh_from_db()
    assert (anna.state, anna.post, anna.languages) == (ProfileState.SHOWN, "Founder", ["ru", "en"])
    first, second = Offer.objects.order_by("pk")
    assert (first.kind, first.text, first.cooperation, first.readiness) == (
        "offer",
        "Castings",
        "supply",
        "market",
    )
    assert list(first.topics.all()) == [steel]
    assert (second.kind, second.text, second.event) == ("need", "Sand", exchange.event)


def test_an_offer_is_changed_and_another_removed(exchange, anna):
    kept, gone = offer(anna, "offer", "Castings"), offer(anna, "need", "Sand")
    answer = client_of(anna).post(
        at(exchange, "profile"),
        rows(
            {"code": kept.code, "text": "Fine castings"},
            {"code": gone.code, "text": "Sand", "remove": "on"},
            organisation_name="Foundry",
        ),
    )
    assert answer.status_code == 302
    assert [(one.code, one.text) for one in Offer.objects.all()] == [(kept.code, "Fine castings")]


def test_nobody_changes_anothers_offer_by_its_code(exchange, anna, boris):
    his = offer(boris, "offer", "Castings")
    client_of(anna).post(at(exchange, "profile"), rows({"code": his.code, "text": "Mine now", "remove": ""}))
    client_of(anna).post(at(exchange, "profile"), rows({"code": his.code, "text": "x", "remove": "on"}))
    his.refresh_from_db()
    assert (his.text, his.person) == ("Castings", boris.person)


def test_another_row_is_added_without_script_and_nothing_is_written(exchange, anna):
    client = client_of(anna)
    page = client.post(at(exchange, "profile"), rows({"text": "Castings"}, name="", more="1"))
    assert page.status_code == 200
    body = page.content.decode()
    assert 'name="rows" value="2"' in body
    assert "Castings" in body
    assert not Offer.objects.exists()


def test_what_is_wrong_is_named_and_nothing_typed_is_lost(exchange, anna):
    page = client_of(anna).post(
        at(exchange, "profile"), rows({"text": "C" * 601}, name="", about="Long <b>story</b>")
    )
    assert page.status_code == 422
    body = page.content.decode()
    assert "Write your name." in body
    assert "C" * 601 in body
    assert "Long &lt;b&gt;story&lt;/b&gt;" in body
    assert 'href="#id_o0-text"' in body
    assert not Offer.objects.exists()


def test_html_and_other_scripts_are_shown_as_written(exchange, anna, boris):
    offer(boris, "offer", "<script>alert(1)</script> 東京 ورق")
    body = client_of(anna).get(at(exchange, "person", boris.code)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 東京 ورق" in body
    assert "<script>alert" not in body


def test_a_profile_is_not_changed_once_the_exchange_is_over(exchange, anna):
    set_phase(exchange=exchange, phase=Phase.OVER, actor=None)
    page = client_of(anna).post(at(exchange, "profile"), rows(name="Another"))
    assert page.status_code == 409
    assert "phase" in text_of(page)
    anna.refresh_from_db()
    assert anna.name == "Anna Example"


def test_own_time_is_kept_free_and_given_back(exchange, anna):
    client, slots = client_of(anna), list(exchange.slots.all())
    every = [slot.pk for slot in slots]
    page = client.get(at(exchange, "time"))
    assert page.content.decode().count("checked") >= len(slots)
    answer = client.post(
        at(exchange, "time"),
        {"shown": every, "free": every[2:], "meetings_a_day": "3", "keeps_starred_free": "on"},
    )
    assert answer.headers["Location"] == at(exchange, "people")
    assert {one.slot_id for one in Occupation.objects.filter(profile=anna)} == set(every[:2])
    anna.refresh_from_db()
    assert (anna.meetings_a_day, anna.keeps_starred_free, anna.needs_step_free) == (3, True, False)
    client.post(at(exchange, "time"), {"shown": every, "free": every})
    assert not Occupation.objects.exists()


def test_a_slot_that_was_not_on_the_page_stays_as_it_is(exchange, anna):
    slots = list(exchange.slots.all())
    client = client_of(anna)
    client.post(at(exchange, "time"), {"shown": [slots[0].pk], "free": []})
    client.post(at(exchange, "time"), {"shown": [slots[1].pk], "free": [slots[1].pk]})
    assert [one.slot_id for one in Occupation.objects.filter(profile=anna)] == [slots[0].pk]


def test_her_own_sessions_are_named_and_block_what_she_speaks_in(exchange, anna):
    first, second, *_rest = exchange.slots.all()
    spoken = SessionFactory(
        event=exchange.event, number=1, title_en="My talk", start=first.start, end=first.end
    )
    starred = SessionFactory(
        event=exchange.event, number=2, title_en="Lunch", start=second.start, end=second.end
    )
    SessionRoleFactory(session=spoken, person=anna.person)
    release_programme(event=exchange.event, actor=None, note="First")
    sync_programme(exchange=exchange)
    star_session(person=anna.person, event=exchange.event, code=starred.code)
    page = client_of(anna).get(at(exchange, "time"))
    body = page.content.decode()
    assert "My talk" in text_of(page)
    assert "Lunch" in text_of(page)
    assert f'name="free" value="{first.pk}"' not in body
    assert f'name="free" value="{second.pk}"' in body
    day = text_of(client_of(anna).get(at(exchange, "mine")))
    assert "My talk" in day
    assert "Lunch" in day
    assert "You keep this time free" not in day
    aside = text_of(client_of(anna).get(at(exchange, "people")))
    assert "You have a part in a session" in aside
    assert "You keep this time free" not in aside
