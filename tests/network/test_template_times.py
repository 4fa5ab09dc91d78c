"""Times in templates stay in the zone that they were asked for."""

import datetime as dt

from django.template import Context, Template


def test_a_date_in_a_zone_is_not_turned_into_utc_again() -> None:
    moment = dt.datetime(2018, 7, 19, 22, 30, tzinfo=dt.UTC)
    text = Template("{% load plenum %}{{ at|local:'Europe/Moscow'|date:'j H:i' }}").render(
        Context({"at": moment})
    )
    assert text == "20 01:30"
