"""What editors write as an address cannot run a script."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ValidationError
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from cms.blocks import RICH_TEXT, LinkBlock
from cms.links import safe_address, validate_address

HOSTILE = [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\nscript:alert(1)",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "//evil.example/",
    "/\\evil.example/",
    "\u202ejavascript:alert(1)",
    "https://",
    "",
]


@pytest.mark.parametrize("address", HOSTILE, ids=ascii)
def test_hostile_addresses_are_refused_and_stripped(address):
    assert safe_address(address) == ""
    with pytest.raises(ValidationError):
        validate_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c#d",
        "http://пример.рф/",
        "mailto:a@b.example",
        "tel:+74950000000",
        "/events/",
        "#top",
    ],
)
def test_ordinary_addresses_pass(address):
    assert safe_address(address) == address
    validate_address(address)


def test_rich_text_strips_script_links():
    state = {
        "blocks": [
            {
                "key": "a",
                "text": "go",
                "type": "unstyled",
                "depth": 0,
                "inlineStyleRanges": [],
                "entityRanges": [{"offset": 0, "length": 2, "key": 0}],
            }
        ],
        "entityMap": {"0": {"type": "LINK", "mutability": "MUTABLE", "data": {"url": "javascript:alert(1)"}}},
    }
    html = ContentstateConverter(RICH_TEXT).to_database_format(json.dumps(state))
    assert "go" in html
    assert "javascript" not in html


def test_a_stored_script_link_of_a_button_leads_nowhere():
    block = LinkBlock()
    value = block.to_python({"label": "x", "page": None, "address": "javascript:alert(1)"})
    assert value.href == ""


@pytest.mark.parametrize("address", ["", "javascript:alert(1)"])
def test_a_button_needs_one_good_target(address):
    block = LinkBlock()
    with pytest.raises(ValidationError):
        block.clean(block.to_python({"label": "x", "page": None, "address": address}))
