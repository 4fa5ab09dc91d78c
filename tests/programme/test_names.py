"""People are shown under the name that the reader can read."""

from sessions_app.programme.schedule.model import Person, as_read_in

ELENA = Person(key="A", name="Елена Пример", latin="Elena Primer")


def test_readers_of_latin_letters_see_the_latin_form_first():
    shown = as_read_in(ELENA, "en")
    assert (shown.name, shown.latin) == ("Elena Primer", "Елена Пример")


def test_readers_of_russian_see_the_name_as_written():
    assert as_read_in(ELENA, "ru") is ELENA


def test_a_name_without_a_latin_form_stays():
    person = Person(key="A", name="Елена Пример")
    assert as_read_in(person, "en") is person
