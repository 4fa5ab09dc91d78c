"""A server that dies while somebody registers leaves a whole registration or none, and one letter."""

import json
import signal
from collections import Counter

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client

from network.delivery import deliver_due
from network.models import AuditEntry, OutboxMessage
from sessions_app.admission.models import Ticket
from sessions_app.registration.models import Place, Quota, Registration
from sessions_app.registration.signals import registration_moved
from tests.factories import PersonFactory, make_open_event
from tests.faults.forked import die, exit_code
from tests.registration.forms import filled, path

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 50_000


def written() -> dict[str, int]:
    """Count what a registration writes, drafts apart."""
    return {
        "registrations": Registration.objects.exclude(state="draft").count(),
        "places": Place.objects.count(),
        "taken": sum(Quota.objects.values_list("taken", flat=True)),
        "tickets": Ticket.objects.count(),
        "letters": OutboxMessage.objects.filter(kind="mail").count(),
        "trail": AuditEntry.objects.filter(action__startswith="registration.").count(),
    }


NOTHING = dict.fromkeys(["registrations", "places", "taken", "tickets", "letters", "trail"], 0)


class Ada:
    """Somebody who fills in the form once and sends it as often as it takes."""

    def __init__(self) -> None:
        self.event, _category = make_open_event(places=5)
        self.person = PersonFactory(email="ada@plenum.example")
        self.form = filled(self.event)

    def press(self) -> int:
        """Send the form; return the answer's status."""
        client = Client()
        client.force_login(self.person)
        return client.post(path(self.event), self.form).status_code

    def press_and_fall(self, after_commit: bool) -> None:
        """Send the form to a server that dies at the end of its transaction."""

        def fall(**_more: object) -> None:
            if after_commit:
                transaction.on_commit(die)
            else:
                die()

        registration_moved.connect(fall)
        self.press()


def test_a_server_killed_between_commit_and_mail_has_registered_once_and_writes_once():
    ada = Ada()
    assert exit_code(ada.press_and_fall, True) == -signal.SIGKILL
    assert written()["registrations"] == written()["letters"] == 1
    assert mail.outbox == []
    assert ada.press() == 302  # her browser heard nothing, and she presses again
    deliver_due()
    deliver_due()
    assert Registration.objects.get().state == "confirmed"
    assert {name: written()[name] for name in ("places", "taken", "tickets", "letters")} == {
        "places": 1, "taken": 1, "tickets": 1, "letters": 1,
    }  # fmt: skip
    assert [letter.to for letter in mail.outbox] == [["ada@plenum.example"]]


def test_a_server_killed_before_the_commit_has_written_nothing():
    ada = Ada()
    assert exit_code(ada.press_and_fall, False) == -signal.SIGKILL
    assert written() == NOTHING
    assert ada.press() == 302
    deliver_due()
    assert Registration.objects.get().state == "confirmed"
    assert len(mail.outbox) == 1


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a table of so many guests and more lines; it returns the command's arguments."""

    def write(guests: int, *more: str) -> tuple[str, ...]:
        event, category = make_open_event(places=ROWS)
        file = tmp_path / "people.csv"
        lines = ["email,name", *(f"guest{n}@plenum.example,Анна Ли {n}" for n in range(guests)), *more]
        file.write_text("\n".join(lines), "utf-8")
        return (
            "import_registrations", str(file), "--event", event.slug, "--category", category.slug, "--json",
        )  # fmt: skip

    return write


def import_and_fall(command: tuple[str, ...]) -> None:
    """Import the table on a server that dies as soon as tickets are written."""

    def fall(execute, sql, *arguments):
        found = execute(sql, *arguments)
        if sql.startswith("INSERT") and "admission_ticket" in sql:
            die()
        return found

    with connection.execute_wrapper(fall):
        call_command(*command)


def test_an_import_killed_in_the_middle_has_written_nothing_and_can_be_made_again(table):
    command = table(5)
    assert exit_code(import_and_fall, command) == -signal.SIGKILL
    assert written() == NOTHING
    call_command(*command)
    assert Counter(Registration.objects.values_list("state", flat=True)) == {"confirmed": 5}
    assert (written()["taken"], written()["tickets"]) == (5, 5)


def test_50000_rows_of_which_the_last_is_bad_write_nothing(table, capsys):
    command = table(ROWS - 1, "nowhere,Анна Последняя")
    with pytest.raises(SystemExit) as ended:
        call_command(*command)
    assert ended.value.code == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["imported"], told["errors"]) == (False, 1)
    assert [(one["line"], one["code"]) for one in told["problems"]] == [(ROWS + 1, "bad_email")]
    assert written() == NOTHING
