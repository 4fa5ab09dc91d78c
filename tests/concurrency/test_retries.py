"""Transactions that the database breaks off are tried again, at most three times, and never half."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from network.models import OutboxMessage
from network.services import enqueue
from sessions_app.registration.models import Quota
from sessions_app.registration.services.places import RETRIES, one_transaction
from tests.factories import make_open_event

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite knows no deadlocks"),
]


class Broken:
    """A service that writes a message, and which the database then breaks off so many times."""

    def __init__(self, times: int, state: str) -> None:
        self.times, self.state, self.calls = times, state, 0

    def run(self) -> str:
        """Write, and be broken off or not."""
        self.calls += 1
        enqueue(kind="trial", key=f"call:{self.calls}", payload={})
        if self.calls <= self.times:
            with connection.cursor() as cursor:
                cursor.execute(f"DO $$ BEGIN RAISE SQLSTATE '{self.state}'; END $$")
        return "done"


@pytest.mark.parametrize("state", ["40P01", "40001"])
def test_what_goes_well_at_the_third_repetition_is_written_once(state):
    broken = Broken(RETRIES, state)
    assert one_transaction(broken.run)() == "done"
    assert broken.calls == 4
    assert OutboxMessage.objects.get().key == "call:4"


@pytest.mark.parametrize("state", ["40P01", "40001"])
def test_after_three_repetitions_it_is_given_up_with_nothing_written(state):
    broken = Broken(RETRIES + 1, state)
    with pytest.raises(OperationalError):
        one_transaction(broken.run)()
    assert broken.calls == 1 + 3
    assert not OutboxMessage.objects.exists()


def test_other_failures_and_steps_of_a_larger_transaction_are_not_repeated():
    broken = Broken(1, "57014")
    with pytest.raises(OperationalError):
        one_transaction(broken.run)()
    inner = Broken(1, "40P01")
    with pytest.raises(OperationalError), transaction.atomic():
        one_transaction(inner.run)()
    assert (broken.calls, inner.calls) == (1, 1)


def test_two_that_lock_against_each_other_both_come_through():
    """A true deadlock: the services themselves lock in one sorted step, so that they have none."""
    quotas = [make_open_event(places=1)[1].quota_id for _ in range(2)]
    met, calls, errors = threading.Barrier(2), [], []

    @one_transaction
    def take_both(first: int, second: int) -> None:
        calls.append(first)
        Quota.objects.select_for_update().get(pk=first)
        if len(calls) <= 2:
            met.wait(timeout=20)
        Quota.objects.select_for_update().get(pk=second)
        Quota.objects.filter(pk=first).update(last_number=1)

    def run(*order: int) -> None:
        try:
            take_both(*order)
        except Exception as error:  # whatever it is, the test must hear of it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=order) for order in (quotas, reversed(quotas))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(calls) == 3
    assert set(Quota.objects.values_list("last_number", flat=True)) == {1}
