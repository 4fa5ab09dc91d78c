"""Nothing of the outbox is lost, whichever process or server dies."""

import time

import pytest

from network.delivery import LEASE

LEASE_SECONDS = int(LEASE.total_seconds())


def test_a_killed_worker_loses_nothing(processes):
    processes.run("write", "1")
    worker = processes.start("stall")
    assert worker.stdout.readline().strip() == "taken"
    worker.kill()
    worker.wait()
    assert processes.run("deliver", str(LEASE_SECONDS - 30)) == "0"
    assert processes.run("deliver", str(LEASE_SECONDS + 1)) == "1"
    assert len(processes.letters()) == 1


def test_two_deliverers_at_once_send_each_message_once(processes):
    processes.run("write", "40")
    workers = [processes.start("deliver") for _turn in range(2)]
    counts = [int(worker.communicate(timeout=90)[0]) for worker in workers]
    assert [worker.returncode for worker in workers] == [0, 0]
    letters = processes.letters()
    assert sum(counts) == len(letters) == len(set(letters)) == 40


def test_a_rolled_back_change_writes_no_message(processes):
    processes.run("write-and-roll-back")
    assert processes.run("deliver") == "0"
    assert processes.letters() == []


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "amqp://127.0.0.1:1//"])
def test_without_a_broker_the_request_succeeds_and_the_mail_arrives_later(processes, broker):
    started = time.monotonic()
    status = processes.run("sign-in", "nobody@example.org", CELERY_BROKER_URL=broker)
    assert status == "302"
    assert time.monotonic() - started < 30
    assert processes.run("deliver") == "1"
    assert len(processes.letters()) == 1
