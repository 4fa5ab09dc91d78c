"""What the tests of registration share."""

import pytest


@pytest.fixture(autouse=True)
def _files_of_their_own(settings, tmp_path):
    """Keep files that people send in a folder of the test."""
    settings.MEDIA_ROOT = tmp_path / "media"
