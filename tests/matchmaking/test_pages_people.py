"""Finding partners and asking them, as the pages do it."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from matchmaking.models import (
    Dismissal,
    ExchangeProfile,
    Meeting,
    MeetingRequest,
)
from matchmaking.services.asking import ask
from matchmaking.services.setting_up import set_phase
from matchmaking.states import Phase
from tests.factories import (
    OrganisationFactory,
    make_participant,
)
from tests.matchmaking.visiting import at, client_of, met, offer, text_of, topic

pytestmark = pytest.mark.django_db


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


def test_reasons_in_another_language_than_the_page_say_so(exchange, anna):
    steel = topic("steel")
    offer(anna, "offer", "Castings", steel)
    ivan = make_participant(exchange, name="Ivan", languages=["ru"])
    offer(ivan, "need", "Ищем отливки из стали", steel)
    page = client_of(anna).get(at(exchange, "people")).content.decode()
    assert 'Seeks <b><bdi lang="ru">Ищем отливки из стали</bdi></b>; you offer: steel' in page


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
