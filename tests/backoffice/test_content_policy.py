"""The back office's content policy lets run what its pages need: a refused script is a dead button."""

from __future__ import annotations

import re

import pytest

FORMS = [
    "/admin/events/new/", "/admin/venues/new/", "/admin/organisations/new/", "/admin/menus/new/",
    "/admin/redirects/add/", "/admin/sites/new/", "/admin/groups/new/",
    "/admin/collections/add/", "/admin/images/add/", "/admin/documents/add/", "/admin/workflows/add/",
]  # fmt: skip
INLINE = re.compile(
    r"<script\b(?![^>]*\b(?:src|nonce)=)(?![^>]*type=\"(?:application|text/(?!java))[^>]*)[^>]*>\s*\S"
)


@pytest.mark.parametrize("path", FORMS)
def test_no_form_has_scripts_that_its_policy_refuses(operator_desk, path):
    response = operator_desk.get(path)
    assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    scripts = re.search(r"script-src ([^;]*)", policy)[1]
    if "'unsafe-inline'" not in scripts:
        page = re.sub(r"<template\b.*?</template>", "", response.content.decode(), flags=re.S)
        assert not INLINE.search(page), INLINE.search(page)[0]
