"""One key is one message, however many write it at once."""

import threading

import pytest
from django.db import connection

from network.models import OutboxMessage
from network.services import enqueue

pytestmark = pytest.mark.django_db(transaction=True)


def test_many_writers_of_one_key_make_one_message():
    start = threading.Barrier(6)
    found, errors = [], []

    def write():
        try:
            start.wait()
            found.append(enqueue(kind="trial", key="registration:7", payload={}).pk)
        except Exception as error:  # whatever it is, the test must hear of it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _turn in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(set(found)) == 1
    assert OutboxMessage.objects.count() == 1
