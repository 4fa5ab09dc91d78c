"""A form that comes in twice in the same moment, as a double press sends it, is one registration."""

import contextlib
import threading

import pytest
from django.db import connection

from sessions_app.registration.errors import OtherBody
from sessions_app.registration.models import Registration
from sessions_app.registration.services import registering
from sessions_app.registration.services.registering import Details
from sessions_app.registration.services.sending import send
from tests.factories import PersonFactory, make_open_event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def met(monkeypatch):
    """Hold whoever is about to write a draft until another is, too."""
    barrier, write = threading.Barrier(2), registering._write_details

    def meet(registration: Registration, details: Details) -> None:
        with contextlib.suppress(threading.BrokenBarrierError):  # on SQLite only one can be there
            barrier.wait(timeout=1)
        write(registration, details)

    monkeypatch.setattr(registering, "_write_details", meet)


def press_twice(posts: tuple[str, str]) -> list[object]:
    """Send a new form of one person twice at once, with these posts; return the answers."""
    event, category = make_open_event(places=5)
    person = PersonFactory()
    answers: list[object] = []

    def press(post: str) -> None:
        details = Details(name="Ann", email=person.email, post=post)
        try:
            answers.append(
                send(
                    event=event, person=person, draft=None, details=details, category=category, answers={},
                    files={}, key="k",
                )
            )  # fmt: skip
        except Exception as error:
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(post,)) for post in posts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_a_double_press_is_answered_twice_and_written_once(met):
    first, second = press_twice(("Engineer", "Engineer"))
    assert first == second == Registration.objects.get()
    assert first.state == "confirmed"
    assert first.messages.count() == 1


def test_one_key_with_two_contents_is_one_registration_and_one_refusal(met):
    answers = press_twice(("Engineer", "Director"))
    refused = [answer for answer in answers if isinstance(answer, OtherBody)]
    (sent,) = [answer for answer in answers if isinstance(answer, Registration)]
    assert len(refused) == 1
    assert sent == Registration.objects.get()
