"""Files of sessions: judged by content, renamed, and public only with a release."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from network.web.uploads import MAX_UNPACKED, UploadRefused, check_upload, cleaned_name
from sessions_app.programme.models import MaterialFile, SessionMaterial
from sessions_app.programme.services.releasing import release_programme, restore_release
from tests.backoffice.forms import rows, session_post, text_of
from tests.factories import PersonFactory, make_team_member

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def archive(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name.replace("__", "/"), content)
    return packed.getvalue()


def bomb() -> bytes:
    """Return a small archive whose directory promises more than is taken."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target, target.open("zeros", "w") as entry:
        block = b"\x00" * (4 * 1024 * 1024)
        for _ in range(MAX_UNPACKED // len(block) + 1):
            entry.write(block)
    return packed.getvalue()


def picture(kind: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (8, 8)).save(target, kind)
    return target.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "pdf"),
        ("photo.exe", picture("PNG"), "png"),
        ("photo.jpeg", picture("JPEG"), "jpg"),
        ("talk.pptx", archive(**{"[Content_Types].xml": b"", "ppt__presentation.xml": b""}), "pptx"),
        ("talk.odp", archive(mimetype=b"application/vnd.oasis.opendocument.presentation"), "odp"),
        ("data.zip", archive(**{"a.txt": b"a"}), "zip"),
        ("note.txt", "Заметка".encode(), "txt"),
    ],
)
def test_kinds_are_known_by_content(name, content, kind):
    checked = check_upload(upload(name, content))
    assert checked.kind.extension == kind
    assert checked.name.endswith(f".{kind}")
    assert checked.original_name.endswith(f".{kind}")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("slides.pdf", b"<!doctype html><script>alert(1)</script>"),
        ("slides.pdf", b"%PDF-1.7 and nothing more"),
        ("logo.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("logo.svg", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("note.txt", b"hello <script>alert(1)</script>"),
        ("note.txt", b"\x00\x01\x02"),
        ("logo.png", picture("PNG")[:40]),
        ("logo.gif", picture("GIF")),
        ("macro.pptx", archive(**{"ppt__vbaProject.bin": b"x", "ppt__presentation.xml": b""})),
        ("evil.zip", archive(**{"..__..__etc__passwd": b"x"})),
        ("broken.zip", b"PK\x03\x04 broken"),
        ("tool.exe", b"MZ\x90\x00" + b"\x00" * 200),
        ("empty.pdf", b""),
    ],
)
def test_what_is_not_wanted_is_refused_with_a_sentence(name, content):
    with pytest.raises(UploadRefused, match=r"\w+ \w+"):
        check_upload(upload(name, content))


def test_an_archive_that_unpacks_to_too_much_is_refused():
    content = bomb()
    assert len(content) < 2 * 1024 * 1024
    with pytest.raises(UploadRefused, match="too large"):
        check_upload(upload("bomb.zip", content))


def test_a_large_file_is_refused_with_the_limit():
    with pytest.raises(UploadRefused, match="at most 1 MB"):
        check_upload(upload("a.pdf", PDF + b" " * 1024 * 1024), max_bytes=1024 * 1024)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\fakepath\\Отчёт.docx", "Отчёт.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202egpj.exe", "gpj.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
    ],
)
def test_names_lose_folders_and_hidden_signs(name, clean):
    assert cleaned_name(name, "pdf") == clean


def add_material(client, event, file):
    data = session_post() | rows("materials", {"title_en": "Slides"})
    data["materials-0-file"] = file
    return client.post(f"{reverse('sessions:add')}?event={event.slug}", data, follow=True)


def test_a_refused_file_is_said_at_the_form_and_nothing_is_saved(event, desk):
    page = add_material(desk, event, upload("slides.pdf", b"<html>no</html>"))
    assert "none of the kinds that are taken" in text_of(page)
    assert not SessionMaterial.objects.exists()


@pytest.fixture
def material(event, desk):
    add_material(desk, event, upload("../My slides.pdf", PDF))
    return SessionMaterial.objects.get()


def url_of(material) -> str:
    return f"/files/materials/{material.guid}/"


def status(client, url) -> int:
    response = client.get(url)
    if response.streaming:
        body(response)
    return response.status_code


def body(response) -> bytes:
    """Return the content; reading to the end closes the file."""
    return b"".join(response)


def test_the_file_lies_below_its_event_under_a_random_name(event, material):
    assert material.original_name == "My slides.pdf"
    assert "slides" not in material.file.name
    assert material.file.name.startswith(f"materials/{event.pk}/")


def test_a_drafts_file_opens_for_the_team_alone(event, desk, material, client, log_in):
    assert status(client, url_of(material)) == 404
    assert status(log_in(PersonFactory()), url_of(material)) == 404
    assert status(log_in(make_team_member(event, "door_steward")), url_of(material)) == 404
    assert status(desk, url_of(material)) == 200


def test_a_released_file_is_a_download_for_everybody(event, material, client):
    release_programme(event=event, actor=None, note="")
    response = client.get(url_of(material))
    assert body(response) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="My slides.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_file_of_a_hidden_event_is_not_public(event, material, client):
    release_programme(event=event, actor=None, note="")
    event.is_public = False
    event.save()
    assert status(client, url_of(material)) == 404


def test_nginx_is_told_where_the_file_lies(event, material, client, settings):
    release_programme(event=event, actor=None, note="")
    settings.X_ACCEL_PREFIX = "/protected/"
    response = client.get(url_of(material))
    assert response["X-Accel-Redirect"] == f"/protected/{material.file.name}"
    assert response.content == b""


def test_a_replaced_file_stays_as_released_until_the_next_release(event, desk, material, client):
    release_programme(event=event, actor=None, note="")
    old = url_of(material)
    data = session_post() | rows("materials", {"id": material.pk, "title_en": "Slides"}, initial=1)
    data["materials-0-file"] = upload("new.pdf", PDF + b"new %%EOF")
    desk.post(reverse("sessions:edit", args=(material.session_id,)), data)
    material.refresh_from_db()
    assert url_of(material) != old
    assert body(client.get(old)) == PDF
    assert status(client, url_of(material)) == 404
    release_programme(event=event, actor=None, note="")
    assert status(client, old) == 404
    assert status(client, url_of(material)) == 200
    assert MaterialFile.objects.count() == 2


def test_an_unknown_file_is_not_found(db, client):
    assert status(client, "/files/materials/00000000-0000-0000-0000-000000000000/") == 404


def test_either_a_file_or_an_address(event, desk):
    data = session_post() | rows("materials", {"title_en": "Nothing"})
    page = desk.post(f"{reverse('sessions:add')}?event={event.slug}", data)
    assert "Give either a file or an address." in text_of(page)


def test_restoring_a_release_brings_its_files_back(event, desk, material, client):
    release = release_programme(event=event, actor=None, note="")
    data = session_post(title_en="Without slides") | rows(
        "materials", {"id": material.pk, "title_en": "Slides", "DELETE": "on"}, initial=1
    )
    desk.post(reverse("sessions:edit", args=(material.session_id,)), data)
    assert not SessionMaterial.objects.exists()
    release_programme(event=event, actor=None, note="")
    assert status(client, url_of(material)) == 404
    restore_release(release=release, actor=None)
    release_programme(event=event, actor=None, note="")
    assert body(client.get(url_of(material))) == PDF
    assert SessionMaterial.objects.get().original_name == "My slides.pdf"
