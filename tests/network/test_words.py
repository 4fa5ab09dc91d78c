"""Names, dates and zones as people read them."""

import datetime as dt

import pytest
from django.utils import translation

from network.web import words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Elena Example", "EE"),
        ("Леонид Маркович Гохберг", "ЛГ"),
        ("Anna-Maria van der Berg", "AB"),
        ("Ng", "N"),
        ("(example) Ivan", "I"),
        ("  ", ""),
    ],
)
def test_initials_are_those_of_the_first_and_the_last_word(name, expected):
    assert words.initials(name) == expected


@pytest.mark.parametrize(
    ("days", "english", "russian"),
    [
        (["2018-07-25", "2018-07-26", "2018-07-27"], "25–27 July 2018", "25–27 июля 2018"),
        (["2018-10-31", "2018-11-02"], "31 October, 2 November 2018", "31 октября, 2 ноября 2018"),
        (["2018-11-04", "2018-11-01", "2018-11-02"], "1–2, 4 November 2018", "1–2, 4 ноября 2018"),
        (["2018-07-30", "2018-07-31", "2018-08-01"], "30 July – 1 August 2018", "30 июля – 1 августа 2018"),
        (
            ["2018-12-31", "2019-01-01"],
            "31 December 2018 – 1 January 2019",
            "31 декабря 2018 – 1 января 2019",
        ),
        ([], "", ""),
    ],
)
def test_dates_are_told_once_where_they_repeat(days, english, russian):
    dates = [dt.date.fromisoformat(day) for day in days]
    with translation.override("en"):
        assert words.date_span(dates) == english
    with translation.override("ru"):
        assert words.date_span(dates) == russian


@pytest.mark.parametrize(
    ("zone", "day", "expected"),
    [
        ("Europe/Moscow", "2018-07-25", "Moscow (UTC+3)"),
        ("Europe/Berlin", "2018-01-25", "Berlin (UTC+1)"),
        ("Europe/Berlin", "2018-07-25", "Berlin (UTC+2)"),
        ("Asia/Kolkata", "2018-07-25", "Kolkata (UTC+5:30)"),
        ("America/St_Johns", "2018-01-25", "St Johns (UTC-3:30)"),
        ("UTC", "2018-07-25", "UTC"),
    ],
)
def test_a_zone_is_a_city_and_its_distance_from_utc_that_day(zone, day, expected):
    with translation.override("en"):
        assert words.zone_in_words(zone, dt.date.fromisoformat(day)) == expected


def test_a_missing_text_falls_back_and_tells_its_language():
    assert words.text_and_language({"ru": "Кластеры"}, "en") == ("Кластеры", "ru")
    assert words.text_and_language({"en": "", "ru": "Кластеры"}, "en") == ("Кластеры", "ru")
    assert words.text_and_language({}, "en") == ("", "en")
