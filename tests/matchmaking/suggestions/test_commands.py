"""Suggestions on the command line."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_command_suggests_what_the_page_shows(exchange, anna, boris, carla):
    arguments = ("suggest", "--event", exchange.event.slug, "--person", anna.person.email)
    found = json.loads(said(*arguments, "--json"))
    assert found["order"] == "ranking"
    first = found["suggestions"][0]
    assert (first["rank"], first["name"], len(first["common_slots"])) == (1, "Борис", 6)
    assert first["reasons"][0]["code"] == "offers_what_you_seek"
    assert first["reasons"][0]["ru"] != first["reasons"][0]["en"]
    assert 2 <= len(first["reasons"]) <= 4
    assert boris.person.email not in json.dumps(found)
    assert "1. Борис" in said(*arguments, "--kept")


def test_the_command_names_what_it_does_not_find(exchange, anna):
    with pytest.raises(CommandError, match="no exchange"):
        call_command("suggest", event="nowhere", person=anna.person.email)
    with pytest.raises(CommandError, match="Nobody with the e-mail"):
        call_command("suggest", event=exchange.event.slug, person="nobody@plenum.example")


@pytest.mark.any_database
def test_the_bench_prints_all_measures():
    found = json.loads(said("bench_suggestions", "--json", "--people", "60", "--page-people", "60"))
    assert {"texts", "texts_reworded", "event", "page", "everybody"} <= found.keys()
    assert {"recall_at_5", "mrr"} <= found["texts_reworded"].keys()
    assert {"ndcg_at_5_reciprocal", "ndcg_at_5_one_sided", "coverage_at_10", "gini_at_10"} <= found[
        "event"
    ].keys()
