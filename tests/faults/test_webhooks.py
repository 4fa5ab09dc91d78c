"""A webhook's message survives the death of its worker, and a receiver that hangs holds up no mail."""

import threading

import pytest

from network.delivery import LEASE
from tests.receivers import Receiver, listening

LEASE_SECONDS = int(LEASE.total_seconds())


@pytest.fixture
def run(processes):
    """Return a function that runs a command of ``webhook_process`` to its end."""

    def act(*arguments):
        process = processes.start(*arguments, script="webhook_process")
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        return out.strip()

    return act


def test_a_worker_that_dies_before_it_has_booked_leaves_the_message_to_the_next(processes, run):
    with listening(Receiver()) as receiver:
        run("announce", receiver.url())
        worker = processes.start("die", script="webhook_process")
        assert worker.wait(60) < 0
        assert len(receiver.received) == 1
        assert run("deliver", str(LEASE_SECONDS - 15)) == "0"
        assert run("deliver", str(LEASE_SECONDS + 1)) == "1"
        assert run("deliver", str(LEASE_SECONDS + 600)) == "0"
    first, second = receiver.received
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]


def test_two_workers_at_once_send_each_message_once(processes, run):
    with listening(Receiver()) as receiver:
        run("announce", receiver.url())
        workers = [processes.start("deliver", "1", script="webhook_process") for _turn in range(2)]
        counts = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    assert sum(counts) == len(receiver.received) == 1


def test_mail_goes_while_a_receiver_hangs(processes, run):
    reached, over = threading.Event(), threading.Event()

    def hang(_handler):
        reached.set()
        over.wait(120)

    with listening(Receiver(act=hang)) as receiver:
        run("announce", receiver.url())
        worker = processes.start("wait", "1", script="webhook_process")
        assert reached.wait(60)
        assert run("mail", "2") == "1"
        assert len(processes.letters()) == 1
        assert worker.poll() is None  # it waits for its receiver still
        over.set()
        assert worker.wait(60) == 0
