"""Whatever the source writes into the audit trail has words, in English and in Russian."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy, override

from matchmaking.backoffice.hall import CARDS, SHEETS
from matchmaking.states import REQUEST_MOVES
from network.audit_words import action_words, actions_saying, name_actions
from sessions_app.admission.models import Gate, PaperKind, Rule
from sessions_app.registration.models import BulkAction
from sessions_app.registration.states import MOVES
from tests.audited import RECORDERS, actions_in

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("network", "sessions_app", "calls", "matchmaking", "media_archive", "cms")

REGISTRATION_STATES = {state.value for after in MOVES.values() for state in after}
# What stands in the place of a variable, where the source does not say it itself.
VARIABLES: dict[tuple[str, str], Collection[str]] = {
    ("sessions_app/registration/services/moving.py", "after.value"): REGISTRATION_STATES,
    ("sessions_app/registration/services/delegation_sending.py", "state.value"): REGISTRATION_STATES,
    ("cms/demo/registration.py", "row.state"): REGISTRATION_STATES,
    ("sessions_app/registration/services/bulk.py", "job.action"): BulkAction.values,
    ("sessions_app/admission/services/papers.py", "kind"): PaperKind.values,
    ("sessions_app/admission/services/gates.py", "row._meta.model_name"): [
        str(model._meta.model_name) for model in (Gate, Rule)
    ],
    ("matchmaking/backoffice/hall.py", "kind"): (CARDS, SHEETS),
    ("matchmaking/services/standing.py", "request.state"): {
        state.value for after in REQUEST_MOVES.values() for state in after
    },
}


def recorded() -> Iterator[tuple[str, str]]:
    """Yield place and code of each action that the source records."""
    for floor in FLOORS:
        for path in sorted((ROOT / floor).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            known = {text: values for (file, text), values in VARIABLES.items() if file == name}
            for line, action in actions_in(path.read_text(encoding="utf-8"), known):
                yield f"{name}:{line}", action


def test_every_action_that_the_source_records_has_words():
    found = list(recorded())
    assert {"event.changed", "meeting.made_room", "media.cut_published", "quota.created"} <= {
        action for _place, action in found
    }
    assert [one for one in found if action_words(one[1]) == one[1]] == []


def test_every_action_has_russian_words_of_its_own():
    codes = sorted({action for _place, action in recorded()})
    english = [action_words(code) for code in codes]
    with override("ru"):
        russian = [action_words(code) for code in codes]
    same = [code for code, one, other in zip(codes, english, russian, strict=True) if one == other]
    assert same == []
    for said in (english, russian):
        assert sorted(said) == sorted(set(said))


def test_no_words_are_kept_for_what_nobody_records():
    assert set(actions_saying("")) - {action for _place, action in recorded()} == set()


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('record_audit(action="a.b")', ["a.b"]),
        ('record_audits(actor=None, action="a.b" if stored else "a.c")', ["a.b", "a.c"]),
        ('DONE = "a.done"\ndef act():\n    record_audit(action=DONE)', ["a.done"]),
        (
            'def act():\n    verb = "b" if x else "c"\n    services.record_audit(action=f"a.{verb}")',
            ["a.b", "a.c"],
        ),
        (
            'def one():\n    note(x, "b")\n    note(x, verb="c")\n'
            'def note(x, verb):\n    record_audit(action=f"a.{verb}")',
            ["a.b", "a.c"],
        ),
        ('AuditEntry(action=f"a.{row.state}")', ["a.on", "a.off"]),
        ('audit_entry(actor=actor, action="a.b", subject=subject)', ["a.b"]),
    ],
)
def test_the_reader_of_the_source_finds(source, expected):
    assert [action for _line, action in actions_in(source, {"row.state": ["on", "off"]})] == expected


@pytest.mark.parametrize(
    "source",
    [
        "record_audit(action=told())",
        'record_audit(action=f"a.{row.kind}")',
        "def act(action):\n    record_audit(action=action)",
        "record_audit(**told)",
    ],
)
def test_what_the_reader_cannot_follow_fails_instead_of_being_missed(source):
    with pytest.raises(LookupError):
        list(actions_in(source, {}))


def test_nothing_else_writes_the_trail():
    """What makes a row by another name would be missed above."""
    writers = {
        "AuditEntry.objects.create",
        "AuditEntry.objects.get_or_create",
        "AuditEntry.objects.update_or_create",
    }
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call):
                    assert ast.unparse(node.func) not in writers, path
                if isinstance(node, ast.ImportFrom):
                    assert not [one.name for one in node.names if one.name in RECORDERS and one.asname], path


def test_actions_are_found_by_their_words_in_the_readers_language():
    assert actions_saying(" Meeting  MOVED to ") == ["meeting.made_room"]
    with override("ru"):
        assert "meeting.moved" in actions_saying("ВСТРЕЧА перенесена")
        assert actions_saying("meeting moved") == []


def test_an_action_has_one_name():
    with pytest.raises(ImproperlyConfigured, match=r"meeting\.moved"):
        name_actions({"meeting.moved": gettext_lazy("meeting moved")})


def test_an_action_of_an_older_version_is_shown_by_its_code():
    assert action_words("gone.long_ago") == "gone.long_ago"
