"""Russian is complete: every text people read, in every plural form."""

import ast
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "config" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
APPS = ("config", "network", "sessions_app", "calls", "matchmaking", "media_archive", "cms")
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
PLURAL_FORMS = 3


def test_every_text_is_translated_in_all_its_forms():
    with CATALOGUE.open("rb") as file:
        messages = [message for message in read_po(file, locale="ru") if message.id]
    assert len(messages) > 900
    missing = [
        message.id
        for message in messages
        if message.fuzzy
        or not message.string
        or (
            isinstance(message.id, tuple)
            and not (len(message.string) == PLURAL_FORMS and all(message.string))
        )
    ]
    assert missing == []


def texts_in(tree: ast.AST) -> set[str]:
    """Return the literal texts that a module marks for translation."""
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in MARKS
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


def test_every_marked_text_of_the_code_is_in_the_catalogue():
    # xgettext passes over what stands inside an f-string: it would be English for ever, and unnoticed.
    with CATALOGUE.open("rb") as file:
        known = {
            one
            for message in read_po(file, locale="ru")
            for one in (message.id if isinstance(message.id, tuple) else (message.id,))
        }
    modules = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    marked = {text for path in modules for text in texts_in(ast.parse(path.read_bytes()))}
    assert len(marked) > 900
    assert marked - known == set()
