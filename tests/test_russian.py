"""Russian is complete: every text people read, in every plural form."""

from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).resolve().parent.parent / "config" / "locale" / "ru" / "LC_MESSAGES" / "django.po"
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
