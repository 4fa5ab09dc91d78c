"""In which language a short text is written, told by script, a few words and what its author speaks."""

import pytest
from django.utils import translation

from matchmaking.templatetags.matchmaking import own_words
from matchmaking.text_language import language_of_text


@pytest.mark.parametrize(
    ("text", "spoken", "found"),
    [
        ("Литьё из стали", ["ru", "en"], "ru"),
        ("Литьё из стали по ISO 9001", [], "ru"),
        ("Steel casting", ["ru", "en"], "en"),
        ("Steel casting", ["ru"], "en"),
        ("Steel casting", [], "en"),
        ("We need castings of steel", ["en", "de"], "en"),
        ("Stahlguss nach Norm", ["de", "ru"], "de"),
        ("Stahlguss für Pumpen", ["de", "en"], "de"),
        ("Stahlguss", ["de", "en"], "de"),
        ("Stahlguss", ["de", "en", "fr"], ""),
        ("Болат құю", ["kk", "ru"], ""),
        ("鋳造", ["ja"], ""),
        ("12 × 30", [], ""),
        ("", [], ""),
    ],
)
def test_script_words_and_the_authors_languages_tell(text, spoken, found):
    assert language_of_text(text, spoken) == found


def test_only_words_in_another_language_than_the_readers_are_marked():
    with translation.override("en"):
        assert own_words("Steel <b>", ["en"]) == "<bdi>Steel &lt;b&gt;</bdi>"
        assert own_words("Литьё\nстали", ["ru"]) == '<bdi lang="ru">Литьё<br>стали</bdi>'
    with translation.override("ru"):
        assert own_words("Литьё", ["ru"]) == "<bdi>Литьё</bdi>"
        assert own_words("Steel", []) == '<bdi lang="en">Steel</bdi>'
