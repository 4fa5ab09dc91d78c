"""The pages of a participant: joining, profile, time, partners, requests, her day, her meetings."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matchmaking.models import (
    Dismissal,
    ExchangeProfile,
    Feedback,
    Meeting,
    MeetingRequest,
    Occupation,
    Offer,
    ProfileState,
    Slot,
)
from matchmaking.services.asking import accept, ask, decline
from matchmaking.services.booking import book
from matchmaking.services.joining import block, leave_exchange
from matchmaking.services.setting_up import set_phase, sync_programme
from matchmaking.states import Phase
from network.models import Topic
from sessions_app.programme.services.releasing import release_programme
from sessions_app.programme.services.starring import star_session
from tests.factories import (
    OrganisationFactory,
    PersonFactory,
    SessionFactory,
    SessionRoleFactory,
    make_exchange,
    make_open_event,
    make_participant,
    make_registration,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(exchange, name="Anna Example")


@pytest.fixture
def boris(exchange):
    return make_participant(exchange, name="Boris Example")


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


# --- joining and the profile ---------------------------------------------------------------


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


# --- her time -------------------------------------------------------------------------------


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


# --- partners ---------------------------------------------------------------------------------


def test_suggestions_are_ordered_by_what_both_gain_and_say_why(exchange, anna):
    steel, sand = topic("steel"), topic("sand")
    offer(anna, "offer", "Castings", steel)
    offer(anna, "need", "Moulds", sand)
    one_sided = make_participant(exchange, name="Onesided")
    offer(one_sided, "need", "steel parts", steel)
    both = make_participant(exchange, name="Bothways")
    offer(both, "need", "cast housings", steel)
    offer(both, "offer", "fine sand", sand)
    make_participant(exchange, name="Nothing")
    page = client_of(anna).get(at(exchange, "people"))
    words = text_of(page)
    assert words.index("Bothways") < words.index("Onesided") < words.index("Nothing")
    assert "Seeks cast housings; you offer: steel" in words
    assert "Offers fine sand; you seek: sand" in words
    assert "6 common slots" in words


def test_not_for_me_takes_the_partner_away_at_once_and_can_be_undone(exchange, anna, boris):
    client = client_of(anna)
    answer = client.post(at(exchange, "pass", boris.code), {"reason": "topic"})
    page = client.get(answer.headers["Location"])
    assert f'id="p-{boris.code}"' not in page.content.decode()
    assert "Boris Example is not suggested any more." in text_of(page)
    assert Dismissal.objects.get().reason == "topic"
    client.post(at(exchange, "pass", boris.code), {"undo": "1"})
    assert f'id="p-{boris.code}"' in client.get(at(exchange, "people")).content.decode()


def test_the_reason_of_a_no_changes_who_comes_next(exchange, anna):
    near, far, also_far = (
        make_participant(exchange, name=name, region=region)
        for name, region in (("Near", "RU-KLU"), ("Far", "RU-PRI"), ("Alsofar", "RU-PRI"))
    )
    steel = topic("steel")
    offer(anna, "need", "Parts", steel)
    for one in (far, also_far):
        offer(one, "offer", "Parts", steel)
    words = text_of(client_of(anna).get(at(exchange, "people")))
    assert words.index("Alsofar") < words.index("Near")
    client_of(anna).post(at(exchange, "pass", far.code), {"reason": "region"})
    words = text_of(client_of(anna).get(at(exchange, "people")))
    assert words.index("Near") < words.index("Alsofar")
    assert near.code


def test_who_was_asked_is_not_suggested_again(exchange, anna, boris):
    ask(sender=anna, recipient=boris, actor=None)
    assert f'id="p-{boris.code}"' not in client_of(anna).get(at(exchange, "people")).content.decode()


def test_search_finds_by_words_and_filters_of_the_address(exchange, anna):
    steel = topic("steel")
    ours = make_participant(exchange, name="Vera", region="RU-KLU")
    other = make_participant(exchange, name="Wanda", region="RU-PRI")
    offer(ours, "offer", "Castings of steel", steel)
    offer(other, "need", "Castings for ships")
    client = client_of(anna)

    def found(query: str) -> set[str]:
        body = client.get(f"{at(exchange, 'search')}?{query}").content.decode()
        return set(re.findall(r'id="p-(\w+)"', body))

    assert found("q=castings") == {ours.code, other.code}
    assert found("q=castings&kind=offer") == {ours.code}
    assert found(f"topic={steel.pk}") == {ours.code}
    assert found("region=RU-PRI") == {other.code}
    assert found("q=nobody-says-this") == set()
    # A filter that cannot be read asks for nothing.
    assert found("region=XX&topic=abc&page=99") == {ours.code, other.code}


def test_another_cluster_is_a_filter_of_those_who_have_one(exchange, anna):
    mine, theirs = OrganisationFactory(kind="cluster"), OrganisationFactory(kind="cluster")
    ExchangeProfile.objects.filter(pk=anna.pk).update(cluster=mine)
    same, other = make_participant(exchange, cluster=mine), make_participant(exchange, cluster=theirs)
    body = client_of(anna).get(f"{at(exchange, 'search')}?cluster=on").content.decode()
    assert f'id="p-{other.code}"' in body
    assert f'id="p-{same.code}"' not in body


def test_blocking_ends_what_stands_and_is_undone_on_the_profile(exchange, anna, boris):
    met(anna, boris)
    client = client_of(anna)
    assert "not told" in text_of(client.get(at(exchange, "block", boris.code)))
    client.post(at(exchange, "block", boris.code))
    assert Meeting.objects.get().state == "cancelled"
    assert boris.name in text_of(client.get(at(exchange, "profile")))
    client.post(at(exchange, "block", boris.code), {"undo": "1"})
    assert client.get(at(exchange, "person", boris.code)).status_code == 200


def test_an_address_is_shown_to_those_one_meets_and_only_with_consent(exchange, anna, boris):
    client = client_of(anna)
    path = at(exchange, "person", boris.code)
    ExchangeProfile.objects.filter(pk=boris.pk).update(shares_contact=True)
    assert boris.person.email not in client.get(path).content.decode()
    meeting = met(anna, boris)
    assert boris.person.email in client.get(path).content.decode()
    assert boris.person.email in client.get(at(exchange, "meeting", meeting.code)).content.decode()
    ExchangeProfile.objects.filter(pk=boris.pk).update(shares_contact=False)
    assert boris.person.email not in client.get(path).content.decode()


# --- asking --------------------------------------------------------------------------------------


def test_a_request_names_slot_message_and_priority(exchange, anna, boris):
    slot = exchange.slots.all()[3]
    client = client_of(anna)
    form = client.get(f"{at(exchange, 'ask', boris.code)}?slot={slot.pk}")
    assert re.search(rf'value="{slot.pk}" checked', form.content.decode())
    answer = client.post(
        at(exchange, "ask", boris.code), {"slot": slot.pk, "message": "Castings?", "priority": "3"}
    )
    assert answer.headers["Location"] == at(exchange, "requests")
    made = MeetingRequest.objects.get()
    assert (made.slot, made.message, made.priority, made.sender) == (slot, "Castings?", 3, anna)
    assert "Castings?" in text_of(client_of(boris).get(at(exchange, "requests")))


def test_sent_twice_it_is_one_request_and_leads_to_it(exchange, anna, boris):
    client, data = client_of(anna), {"slot": "any", "message": "", "priority": "2"}
    for _time in range(2):
        answer = client.post(at(exchange, "ask", boris.code), data)
        assert answer.status_code == 302
    made = MeetingRequest.objects.get()
    assert answer.headers["Location"] == at(exchange, "request", made.code)


def test_two_who_ask_each_other_meet(exchange, anna, boris):
    slot = exchange.slots.all()[2]
    ask(sender=boris, recipient=anna, actor=None, slot=slot)
    client = client_of(anna)
    assert "has asked you already" in text_of(client.get(at(exchange, "ask", boris.code)))
    answer = client.post(at(exchange, "ask", boris.code), {"slot": "any", "priority": "2"})
    assert answer.headers["Location"] == at(exchange, "mine")
    assert Meeting.objects.get().slot == slot


def test_a_time_taken_meanwhile_answers_409_with_what_is_free_and_keeps_the_text(exchange, anna, boris):
    slot, *others = exchange.slots.all()
    met(boris, make_participant(exchange), slot=slot)
    page = client_of(anna).post(
        at(exchange, "ask", boris.code), {"slot": slot.pk, "message": "Typed with care", "priority": "3"}
    )
    assert page.status_code == 409
    assert "This time is taken" in text_of(page)
    assert "Typed with care" in page.content.decode()
    zone = exchange.event.zone
    assert f"{others[0].start.astimezone(zone):%H:%M}" in text_of(page)
    assert MeetingRequest.objects.filter(sender=anna).count() == 0


@pytest.mark.parametrize(
    ("phase", "status"), [(Phase.PROFILES, 409), (Phase.OVER, 409), (Phase.REQUESTS, 302), (Phase.LIVE, 302)]
)
def test_requests_are_taken_in_their_phases(exchange, anna, boris, phase, status):
    set_phase(exchange=exchange, phase=phase, actor=None)
    answer = client_of(anna).post(at(exchange, "ask", boris.code), {"slot": "any", "priority": "2"})
    assert answer.status_code == status
    assert MeetingRequest.objects.exists() == (status == 302)


def test_who_waits_for_too_many_is_told_so(anna, exchange, boris):
    exchange.__class__.objects.update(open_requests=1)
    ask(sender=anna, recipient=make_participant(exchange), actor=None)
    answer = client_of(anna).post(
        at(exchange, "ask", boris.code), {"slot": "any", "message": "Kept", "priority": "2"}
    )
    assert answer.status_code == 409
    assert "Too many open requests" in text_of(answer)
    assert "Kept" in answer.content.decode()


def test_a_request_that_ran_out_does_not_stand_in_the_way(exchange, anna, boris):
    ask(sender=anna, recipient=boris, actor=None)
    MeetingRequest.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    answer = client_of(anna).post(at(exchange, "ask", boris.code), {"slot": "any", "priority": "2"})
    assert answer.headers["Location"] == at(exchange, "requests")
    assert sorted(MeetingRequest.objects.values_list("state", flat=True)) == ["expired", "pending"]


# --- answering -----------------------------------------------------------------------------------


def test_the_inbox_says_what_to_answer_first_and_until_when(exchange, anna, boris):
    late = ask(sender=boris, recipient=anna, actor=None)
    soon = ask(sender=make_participant(exchange, name="Soon"), recipient=anna, actor=None)
    MeetingRequest.objects.filter(pk=soon.pk).update(
        expires_at=timezone.now() + dt.timedelta(hours=2, minutes=1)
    )
    ask(sender=anna, recipient=make_participant(exchange, name="Waits"), actor=None)
    gone = ask(sender=make_participant(exchange, name="Gone"), recipient=anna, actor=None)
    decline(request=gone, by=anna, actor=None, reason="topic")
    page = client_of(anna).get(at(exchange, "requests"))
    words = text_of(page)
    order = [
        words.index(text) for text in ("Answer these first", "Soon", "Boris", "You wait", "Waits", "Gone")
    ]
    assert order == sorted(order)
    assert "2 hours left" in words.replace("\xa0", " ")
    assert late.code in page.content.decode()


def test_accepting_is_one_button_and_shows_the_table(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None, slot=exchange.slots.all()[1])
    answer = client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"})
    assert answer.headers["Location"] == at(exchange, "mine")
    meeting = Meeting.objects.get()
    page = client_of(anna).get(at(exchange, "mine")).content.decode()
    assert f'place__number">{meeting.table.number}<' in page


def test_accepting_a_taken_time_offers_others_and_keeps_the_request(exchange, anna, boris):
    slot, *others = exchange.slots.all()
    made = ask(sender=boris, recipient=anna, actor=None, slot=slot)
    met(boris, make_participant(exchange), slot=slot)
    page = client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"})
    assert page.status_code == 409
    assert f"{others[0].start.astimezone(exchange.event.zone):%H:%M}" in text_of(page)
    made.refresh_from_db()
    assert made.state == "pending"


def test_another_time_gives_the_turn_to_the_other_side(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    slot = exchange.slots.last()
    busy = exchange.slots.first()
    met(boris, make_participant(exchange), slot=busy)
    page = client_of(anna).get(f"{at(exchange, 'request', made.code)}?open=other")
    assert "the other side is busy" in text_of(page)
    client_of(anna).post(at(exchange, "request", made.code), {"do": "other", "slot": slot.pk})
    made.refresh_from_db()
    assert (made.turn, made.slot) == (boris, slot)
    assert "Proposes another time" in text_of(client_of(boris).get(at(exchange, "requests")))
    assert client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"}).status_code == 409


def test_a_no_says_why(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    client_of(anna).post(
        at(exchange, "request", made.code),
        {"do": "decline", "reason": "no_time", "words": "Next year, please"},
    )
    assert "Next year, please" in text_of(client_of(boris).get(at(exchange, "request", made.code)))


def test_a_waiting_request_is_changed_and_taken_back(exchange, anna, boris):
    made = ask(sender=anna, recipient=boris, actor=None)
    client, slot = client_of(anna), exchange.slots.last()
    client.post(
        at(exchange, "request", made.code),
        {"do": "change", "slot": slot.pk, "message": "New words", "priority": "1"},
    )
    made.refresh_from_db()
    assert (made.slot, made.message, made.priority) == (slot, "New words", 1)
    client.post(at(exchange, "request", made.code), {"do": "withdraw"})
    made.refresh_from_db()
    assert made.state == "withdrawn"
    assert client.post(at(exchange, "request", made.code), {"do": "withdraw"}).status_code == 409


def test_only_the_sender_takes_back_and_only_known_steps_are_taken(exchange, anna, boris):
    made = ask(sender=anna, recipient=boris, actor=None)
    assert client_of(boris).post(at(exchange, "request", made.code), {"do": "withdraw"}).status_code == 403
    assert client_of(anna).post(at(exchange, "request", made.code), {"do": "explode"}).status_code == 400
    made.refresh_from_db()
    assert made.state == "pending"


def test_the_two_talk_about_their_request(exchange, anna, boris):
    made = ask(sender=anna, recipient=boris, actor=None)
    path = at(exchange, "request", made.code)
    assert client_of(boris).post(path, {"do": "note", "text": ""}).status_code == 422
    client_of(boris).post(path, {"do": "note", "text": "Bring <samples>"})
    assert "Bring &lt;samples&gt;" in client_of(anna).get(path).content.decode()


# --- her day and her meetings ------------------------------------------------------------------------


def test_free_time_leads_to_partners_who_are_free_then(exchange, anna, boris):
    slot = exchange.slots.first()
    clara = make_participant(exchange, name="Clara")
    met(clara, make_participant(exchange), slot=slot)
    body = client_of(anna).get(at(exchange, "mine")).content.decode()
    assert at(exchange, "fill", slot.pk) in body
    page = client_of(anna).get(at(exchange, "fill", slot.pk)).content.decode()
    assert f'id="p-{boris.code}"' in page
    assert f'id="p-{clara.code}"' not in page
    assert f"{at(exchange, 'ask', boris.code)}?slot={slot.pk}" in page


def test_a_request_for_a_free_time_is_answered_on_the_day(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None, slot=exchange.slots.first())
    body = client_of(anna).get(at(exchange, "mine")).content.decode()
    assert f'id="accept-{made.code}"' in body


def test_running_late_moving_and_cancelling_tell_the_other_side(exchange, anna, boris):
    meeting = met(anna, boris, slot=exchange.slots.first())
    client, path = client_of(anna), at(exchange, "meeting", meeting.code)
    client.post(path, {"do": "late", "minutes": "10"})
    assert "begins 10 minutes later" in text_of(client_of(boris).get(path))
    later = exchange.slots.last()
    client.post(path, {"do": "move", "slot": later.pk})
    meeting.refresh_from_db()
    assert meeting.slot == later
    assert client.post(path, {"do": "cancel", "reason": ""}).status_code == 422
    answer = client.post(path, {"do": "cancel", "reason": "Ill"})
    assert answer.headers["Location"] == at(exchange, "mine")
    assert "Ill" in text_of(client_of(boris).get(at(exchange, "mine")))
    assert client.post(path, {"do": "cancel", "reason": "Again"}).status_code == 409


def test_moving_into_a_taken_time_keeps_the_old_place(exchange, anna, boris):
    first, second, *_rest = exchange.slots.all()
    meeting = met(anna, boris, slot=first)
    met(boris, make_participant(exchange), slot=second)
    page = client_of(anna).post(at(exchange, "meeting", meeting.code), {"do": "move", "slot": second.pk})
    assert page.status_code == 409
    assert "This time is taken" in text_of(page)
    meeting.refresh_from_db()
    assert (meeting.slot, meeting.state) == (first, "booked")


def test_what_came_of_a_meeting_is_told_once_it_has_begun(exchange, anna, boris):
    meeting = met(anna, boris)
    client, path = client_of(anna), at(exchange, "meeting", meeting.code)
    assert client.post(path, {"do": "mark", "state": "held"}).status_code == 409
    begun(meeting)
    client.post(path, {"do": "mark", "state": "held"})
    client.post(path, {"do": "feedback", "rating": "4", "outcome": "project", "note": "Call in May"})
    meeting.refresh_from_db()
    assert meeting.state == "held"
    said = Feedback.objects.get()
    assert (said.profile, said.rating, said.outcome) == (anna, 4, "project")
    assert "Call in May" in client.get(path).content.decode()
    assert "Call in May" not in client_of(boris).get(path).content.decode()


def test_a_meeting_on_line_shows_its_room(exchange, anna, boris):
    exchange.__class__.objects.update(room_link="https://meet.example/{code}")
    ExchangeProfile.objects.filter(pk=boris.pk).update(is_remote=True)
    for profile in (anna, boris):
        profile.refresh_from_db()
        profile.exchange.refresh_from_db()
    meeting = met(anna, boris)
    for name, more in (("mine", ()), ("meeting", (meeting.code,))):
        body = client_of(anna).get(at(exchange, name, *more)).content.decode()
        assert f"https://meet.example/{meeting.code}" in body


def test_agreed_without_a_time_waits_for_the_plan(exchange, anna, boris):
    set_phase(exchange=exchange, phase=Phase.REQUESTS, actor=None)
    exchange.__class__.objects.update(preset="curated")
    made = ask(sender=boris, recipient=ExchangeProfile.objects.get(pk=anna.pk), actor=None)
    answer = client_of(anna).post(at(exchange, "request", made.code), {"do": "accept"})
    assert answer.headers["Location"] == at(exchange, "requests")
    assert "1 agreed meeting waits for the plan" in text_of(client_of(anna).get(at(exchange, "mine")))


def test_leaving_names_what_happens_and_frees_the_others(exchange, anna, boris):
    met(anna, boris)
    client = client_of(anna)
    assert "Your meetings are cancelled" in text_of(client.get(at(exchange, "leave")))
    client.post(at(exchange, "leave"), {"reason": "Cannot come"})
    assert "Cannot come" in text_of(client_of(boris).get(at(exchange, "mine")))
    assert f'id="p-{anna.code}"' not in client_of(boris).get(at(exchange, "people")).content.decode()


def test_who_left_comes_back_only_with_a_registration(exchange, anna):
    leave_exchange(profile=anna, actor=None)
    client = client_of(anna)
    assert client.post(at(exchange, "entrance")).status_code == 403
    make_registration(exchange.event, exchange.event.categories.get(), person=anna.person)
    assert client.post(at(exchange, "entrance")).headers["Location"] == at(exchange, "profile")


def test_her_own_page_lists_the_exchange_with_what_waits(exchange, anna, boris):
    met(anna, make_participant(exchange))
    ask(sender=boris, recipient=anna, actor=None)
    words = text_of(client_of(anna).get(reverse("me")))
    assert "1 meeting · 1 request to answer" in words


# --- queries -------------------------------------------------------------------------------------------


def filled(exchange, count: int) -> None:
    steel = topic(f"steel-{count}")
    for number in range(count):
        one = make_participant(exchange, name=f"Partner {number}", region="RU-KLU", languages=["ru", "en"])
        offer(one, "offer", "Castings", steel)
        offer(one, "need", "Sand", steel)


@pytest.mark.parametrize("name", ["people", "search", "requests", "mine", "profile", "time"])
def test_a_page_asks_as_often_whatever_the_number_of_people(
    exchange, anna, boris, name, django_assert_max_num_queries
):
    client = client_of(anna)
    offer(anna, "need", "Castings", topic("need"))
    starred = SessionFactory(event=exchange.event, number=1)
    release_programme(event=exchange.event, actor=None, note="First")
    star_session(person=anna.person, event=exchange.event, code=starred.code)
    met(anna, boris)
    filled(exchange, 1)
    client.get(at(exchange, name))
    with django_assert_max_num_queries(15) as one:
        client.get(at(exchange, name))
    filled(exchange, 3)
    for _more in range(2):
        ask(sender=make_participant(exchange), recipient=anna, actor=None)
        met(anna, make_participant(exchange))
    with django_assert_max_num_queries(len(one)):
        client.get(at(exchange, name))


def test_the_pages_of_three_hundred_people_ask_no_more_often(exchange, anna, django_assert_max_num_queries):
    offer(anna, "need", "Castings", topic("need"))
    filled(exchange, 300)
    client = client_of(anna)
    client.get(at(exchange, "people"))
    for name in ("people", "search", "mine"):
        with django_assert_max_num_queries(15):
            assert client.get(at(exchange, name)).status_code == 200


def test_the_style_sheets_of_a_page_stay_small():
    import gzip
    from pathlib import Path

    from django.contrib.staticfiles.finders import find

    sheets = (find("cms/plenum.css"), find("matchmaking/exchange.css"))
    assert sum(len(gzip.compress(Path(sheet).read_bytes())) for sheet in sheets) <= 12 * 1024


def test_a_meeting_of_the_team_stands_without_a_request(exchange, anna, boris):
    low, high = sorted((anna, boris), key=lambda one: one.pk)
    meeting = book(low=low, high=high, request=None, slot=None, actor=None)
    assert client_of(anna).get(at(exchange, "meeting", meeting.code)).status_code == 200


def test_a_blocked_pair_keeps_its_ended_request_readable(exchange, anna, boris):
    made = ask(sender=boris, recipient=anna, actor=None)
    block(profile=anna, other=boris, actor=None)
    assert client_of(boris).get(at(exchange, "request", made.code)).status_code == 200


def test_a_closed_registration_is_told_at_the_entrance():
    exchange = make_exchange(make_open_event()[0], phase="profiles")
    assert "profiles" in text_of(Client().get(at(exchange, "entrance"))).lower()
