"""Pictures of pages are served without nginx too, and nothing beside them."""

import pytest


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "hall.png").write_bytes(b"\x89PNG")
    (tmp_path / "secret.txt").write_text("not a picture")
    return tmp_path


def test_a_picture_is_served_as_what_it_is(client, media):
    response = client.get("/files/images/hall.png")
    assert response.status_code == 200
    assert b"".join(response.streaming_content) == b"\x89PNG"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["none.png", "../secret.txt", "%2e%2e/secret.txt", "a%00b.png", ""])
def test_nothing_else_is(client, media, path):
    assert client.get(f"/files/images/{path}", follow=True).status_code in (400, 404)
