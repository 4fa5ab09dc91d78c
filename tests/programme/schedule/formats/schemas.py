"""The published schemas and schedules; tests that need them are skipped where the folder is absent."""

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

DATA = Path(__file__).resolve().parents[5] / "shared" / "data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data is absent")


def sample(name):
    return (DATA / "schedules" / name).read_bytes()


@cache
def _xsd():
    return etree.XMLSchema(etree.parse(str(DATA / "schemas" / "schedule.xml.xsd")))


@cache
def _json_validator():
    schema = json.loads((DATA / "schemas" / "schedule.v1.schema.json").read_text())
    return jsonschema.Draft6Validator(schema, format_checker=jsonschema.FormatChecker())


def xml_errors(data):
    schema = _xsd()
    schema.validate(etree.fromstring(data))
    return [f"{error.line}: {error.message}" for error in schema.error_log]


def json_errors(data):
    found = _json_validator().iter_errors(json.loads(data))
    return [f"{list(error.absolute_path)}: {error.message}" for error in found]
