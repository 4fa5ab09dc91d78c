"""Asking, answering, countering and taking back: what holds for the two, whoever is first."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from matchmaking.errors import (
    AlreadyAsked,
    MayNotAsk,
    NoCommonTime,
    NotYourTurn,
    SlotTaken,
    TooManyOpen,
    WrongPhase,
    WrongState,
)
from matchmaking.models import Meeting, MeetingRequest, Occupation, Slot
from matchmaking.queries import inbox_of
from matchmaking.services.accepting import accept
from matchmaking.services.asking import (
    ask,
    change_request,
    decline,
    expire_requests,
    propose_other_time,
    withdraw,
    write_note,
)
from matchmaking.services.booking import cancel_meeting
from matchmaking.services.joining import block
from matchmaking.states import Phase
from network.delivery import deliver_due
from network.models import Organisation, OutboxMessage
from tests.factories import OrganisationFactory, make_exchange, make_participant

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    return make_exchange()


@pytest.fixture
def anna(exchange):
    return make_participant(exchange, name="Anna")


@pytest.fixture
def boris(exchange):
    return make_participant(exchange, name="Boris")


def slots(exchange) -> list[Slot]:
    return list(exchange.slots.all())


def letters() -> list[str]:
    deliver_due()
    return [letter.subject for letter in mail.outbox]


def test_a_pending_request_holds_no_slot_and_an_accepted_one_gets_slot_and_table(exchange, anna, boris):
    slot = slots(exchange)[2]
    request = ask(sender=anna, recipient=boris, actor=anna.person, slot=slot, message="Additive?")
    assert (request.state, request.turn) == ("pending", boris)
    assert not Occupation.objects.exists()
    accept(request=request, by=boris, actor=boris.person)
    meeting = Meeting.objects.get()
    assert (meeting.low, meeting.high, meeting.slot, meeting.state) == (anna, boris, slot, "booked")
    assert meeting.table is not None
    assert {one.profile for one in meeting.occupations.all()} == {anna, boris}
    assert MeetingRequest.objects.get().state == "accepted"
    assert len(letters()) == 3  # Boris was asked; both hear of slot and table


def test_any_time_is_put_beside_what_the_two_have(exchange, anna, boris):
    third = make_participant(exchange)
    first = ask(sender=anna, recipient=third, actor=None, slot=slots(exchange)[3])
    accept(request=first, by=third, actor=None)
    request = ask(sender=boris, recipient=anna, actor=None)
    accept(request=request, by=anna, actor=None)
    taken = Meeting.objects.get(request=request).slot
    assert taken in {slots(exchange)[2], slots(exchange)[4]}


def test_who_asks_back_agrees(exchange, anna, boris):
    first = ask(sender=anna, recipient=boris, actor=None)
    second = ask(sender=boris, recipient=anna, actor=None, slot=slots(exchange)[1])
    assert (second.pk, second.state) == (first.pk, "accepted")
    assert Meeting.objects.get().slot == slots(exchange)[1]
    with pytest.raises(AlreadyAsked):
        ask(sender=anna, recipient=boris, actor=None)


def test_a_taken_slot_is_refused_with_the_next_free_ones_and_the_request_stays(exchange, anna, boris):
    third = make_participant(exchange)
    slot = slots(exchange)[0]
    accept(request=ask(sender=anna, recipient=third, actor=None, slot=slot), by=third, actor=None)
    request = ask(sender=boris, recipient=anna, actor=None, slot=slot)
    with pytest.raises(SlotTaken) as refusal:
        accept(request=request, by=anna, actor=None)
    assert refusal.value.free == slots(exchange)[1:6]
    request.refresh_from_db()
    assert (request.state, request.slot) == ("pending", slot)
    assert Meeting.objects.count() == 1


def test_no_table_left_is_no_common_time(anna, boris, exchange):
    exchange.tables.update(is_active=False)
    request = ask(sender=anna, recipient=boris, actor=None)
    with pytest.raises(NoCommonTime):
        accept(request=request, by=boris, actor=None)
    request.refresh_from_db()
    assert request.state == "pending"


def test_another_time_gives_the_turn_to_the_other_side(exchange, anna, boris):
    request = ask(sender=anna, recipient=boris, actor=None, slot=slots(exchange)[0])
    with pytest.raises(NotYourTurn):
        accept(request=request, by=anna, actor=None)
    propose_other_time(request=request, by=boris, slot=slots(exchange)[4], actor=None)
    with pytest.raises(NotYourTurn):
        accept(request=request, by=boris, actor=None)
    assert [one.pk for one in inbox_of(anna).to_answer] == [request.pk]
    accept(request=request, by=anna, actor=None)
    assert Meeting.objects.get().slot == slots(exchange)[4]


def test_a_no_gives_its_reason_and_ends_it(exchange, anna, boris):
    request = ask(sender=anna, recipient=boris, actor=None)
    decline(request=request, by=boris, actor=None, reason="topic", words="Not our field")
    request.refresh_from_db()
    assert (request.state, request.reason, request.reason_text) == ("declined", "topic", "Not our field")
    letters()
    assert any("Not our field" in letter.body for letter in mail.outbox)
    for step in (accept, withdraw):
        with pytest.raises((WrongState, MayNotAsk)):
            step(request=request, by=boris, actor=None)
    ask(sender=anna, recipient=boris, actor=None)  # a later one may be asked anew


def test_ones_own_request_can_be_changed_and_taken_back_until_it_is_agreed(exchange, anna, boris):
    request = ask(sender=anna, recipient=boris, actor=None)
    change_request(request=request, by=anna, actor=None, slot=slots(exchange)[5], message="Later", priority=3)
    request.refresh_from_db()
    assert (request.slot, request.message, request.priority) == (slots(exchange)[5], "Later", 3)
    with pytest.raises(MayNotAsk):
        withdraw(request=request, by=boris, actor=None)
    withdraw(request=request, by=anna, actor=None)
    with pytest.raises(WrongState):
        accept(request=request, by=boris, actor=None)
    assert not Meeting.objects.exists()


def test_accepting_what_was_cancelled_is_refused(exchange, anna, boris):
    request = ask(sender=anna, recipient=boris, actor=None)
    accept(request=request, by=boris, actor=None)
    cancel_meeting(meeting=Meeting.objects.get(), by=anna, actor=None, reason="Ill")
    with pytest.raises(WrongState):
        accept(request=request, by=boris, actor=None)
    assert not Occupation.objects.exists()


def test_an_unanswered_request_runs_out(exchange, anna, boris):
    now = timezone.now()
    request = ask(sender=anna, recipient=boris, actor=None, now=now)
    late = now + dt.timedelta(hours=exchange.answer_hours)
    with pytest.raises(WrongState):  # before the sweep has seen it
        accept(request=request, by=boris, actor=None, now=late)
    assert expire_requests(now=late - dt.timedelta(seconds=1)) == 0
    assert expire_requests(now=late) == 1
    request.refresh_from_db()
    assert request.state == "expired"


def test_nobody_asks_everybody(exchange, anna):
    exchange.open_requests = 2
    exchange.save()
    anna.refresh_from_db()
    for _ in range(2):
        ask(sender=anna, recipient=make_participant(exchange), actor=None)
    with pytest.raises(TooManyOpen):
        ask(sender=anna, recipient=make_participant(exchange), actor=None)


def test_the_exchanges_rule_keeps_people_of_one_cluster_apart():
    exchange = make_exchange(asking="other_cluster")
    cluster: Organisation = OrganisationFactory(kind="cluster")
    one, two = (make_participant(exchange, cluster=cluster) for _ in range(2))
    with pytest.raises(MayNotAsk):
        ask(sender=one, recipient=two, actor=None)
    ask(sender=one, recipient=make_participant(exchange), actor=None)


def test_who_is_blocked_cannot_ask_and_what_stood_ends(exchange, anna, boris):
    request = ask(sender=anna, recipient=boris, actor=None)
    accept(request=request, by=boris, actor=None)
    block(profile=boris, other=anna, actor=None)
    assert Meeting.objects.get().state == "cancelled"
    assert MeetingRequest.objects.get().state == "cancelled"
    with pytest.raises(MayNotAsk):
        ask(sender=anna, recipient=boris, actor=None)


def test_another_exchange_s_people_and_slots_cannot_be_asked_for(exchange, anna, boris):
    other = make_exchange()
    stranger = make_participant(other)
    with pytest.raises(MayNotAsk):
        ask(sender=anna, recipient=stranger, actor=None)
    with pytest.raises(SlotTaken):
        ask(sender=anna, recipient=boris, actor=None, slot=slots(other)[0])
    request = ask(sender=anna, recipient=boris, actor=None)
    with pytest.raises(MayNotAsk):
        accept(request=request, by=stranger, actor=None)


def test_nobody_asks_herself(anna):
    with pytest.raises(MayNotAsk):
        ask(sender=anna, recipient=anna, actor=None)


@pytest.mark.parametrize(("preset", "phase", "asks", "books"), [
    ("self_service", "requests", True, True),
    ("hybrid", "requests", True, False),
    ("hybrid", "live", True, True),
    ("curated", "requests", True, False),
    ("curated", "live", False, False),
    ("self_service", "profiles", False, False),
    ("self_service", "over", False, False),
])  # fmt: skip
def test_phase_and_preset_say_who_asks_and_who_books(preset, phase, asks, books):
    exchange = make_exchange(preset=preset, phase=phase)
    anna, boris = make_participant(exchange), make_participant(exchange)
    if not asks:
        with pytest.raises(WrongPhase):
            ask(sender=anna, recipient=boris, actor=None)
        return
    accept(request=ask(sender=anna, recipient=boris, actor=None), by=boris, actor=None)
    assert Meeting.objects.exists() is books


def test_the_talk_of_the_two_tells_the_other_once_until_she_answers(exchange, anna, boris):
    request = ask(sender=anna, recipient=boris, actor=None)
    before = OutboxMessage.objects.count()
    write_note(request=request, by=anna, text="One more thing")
    write_note(request=request, by=anna, text="And another")
    assert OutboxMessage.objects.count() == before + 1
    write_note(request=request, by=boris, text="Well")
    assert OutboxMessage.objects.count() == before + 2
    with pytest.raises(MayNotAsk):
        write_note(request=request, by=make_participant(exchange), text="I too")


def test_phases_move_freely_and_are_counted(exchange):
    from matchmaking.services.setting_up import set_phase

    exchange.refresh_from_db()
    before = exchange.version
    set_phase(exchange=exchange, phase=Phase.OVER, actor=None)
    set_phase(exchange=exchange, phase=Phase.OVER, actor=None)  # a second press changes nothing
    exchange.refresh_from_db()
    assert (exchange.phase, exchange.version) == ("over", before + 1)
