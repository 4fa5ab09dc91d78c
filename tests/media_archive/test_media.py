"""Small files of a cut: pictures, captions, slides, and materials; only what the cut shows."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from media_archive.links import key_for
from media_archive.models import Access, CameraFile, Cut, Material, MaterialKind, SlideDeck
from media_archive.services.cutting import cut_sessions, publish_cut
from media_archive.services.results import save_material
from media_archive.services.words import take_transcript
from media_archive.transcripts import Line
from network.web.uploads import check_upload
from tests.factories import make_team_member
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut(filmed, event) -> Cut:
    made = cut_sessions(event=event, date=START.date(), actor=None).made
    return publish_cut(cut=made[1], access=Access.PUBLIC, actor=None)


def _base(cut: Cut) -> str:
    return f"/media/forum/session/{cut.code}/"


def test_pictures_are_those_of_the_cut(client, cut) -> None:
    for name in ("poster.jpg", "1/poster.jpg", "2/poster.jpg"):
        answer = client.get(_base(cut) + name)
        assert answer["Content-Type"] == "image/jpeg"
        assert answer.content[:2] == b"\xff\xd8"
    listed = client.get(f"{_base(cut)}1/previews.vtt").content.decode()
    assert listed.startswith("WEBVTT")
    assert "00:00:00.000 --> 00:00:02.000\npreviews-1-1.jpg#xywh=0,90,160,90" in listed, (
        "the sixth of the file"
    )
    assert client.get(f"{_base(cut)}1/previews-1-1.jpg").status_code == 200
    CameraFile.objects.filter(camera__label="closer").update(previews=60)
    assert client.get(f"{_base(cut)}1/previews-1-2.jpg").status_code == 404, "those lie behind the cut"


def test_captions_are_those_of_the_cut_in_every_form(client, cut, filmed) -> None:
    lines = [
        Line(0, 5000, "before"), Line(9000, 11000, "across"), Line(12500, 15000, "inside <i>", "Анна"),
        Line(20000, 22000, "after"),
    ]  # fmt: skip
    take_transcript(recording=filmed, language="ru", lines=lines, actor=None)
    vtt = client.get(f"{_base(cut)}captions-ru.vtt").content.decode()
    assert vtt == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nacross\n\n"
        "00:00:02.500 --> 00:00:05.000\n<v Анна>inside &lt;i&gt;\n"
    )
    assert (
        "00:00:02,500 --> 00:00:05,000\nАнна: inside <i>"
        in client.get(f"{_base(cut)}captions-ru.srt").content.decode()
    )
    text = client.get(f"{_base(cut)}captions-ru.txt")
    assert text.content.decode() == "across\nАнна: inside <i>\n"
    assert "attachment" in text["Content-Disposition"]


def test_slides_behind_the_cut_are_not_shown(client, cut, filmed) -> None:
    deck = SlideDeck.objects.create(recording=filmed, title="Deck", path="x.pdf", pages=3)
    deck.folder.mkdir(parents=True)
    for page in (1, 2, 3):
        (deck.folder / f"{page}.jpg").write_bytes(b"\xff\xd8")
    for at_ms, page in ((12000, 1), (21000, 2)):
        deck.marks.create(at_ms=at_ms, page=page)
    found = {page: client.get(f"{_base(cut)}slides-{deck.pk}-{page}.jpg").status_code for page in (1, 2, 3)}
    assert found == {1: 200, 2: 404, 3: 404}


def test_slides_of_an_earlier_session_are_not_open_through_a_later_one(client, cut, filmed) -> None:
    """Open are the page on the screen when the cut begins, and those after it; with a key, too."""
    decks = [
        SlideDeck.objects.create(recording=filmed, title="Deck", path="x.pdf", pages=3) for _ in range(2)
    ]
    for deck in decks:
        deck.folder.mkdir(parents=True)
        for page in (1, 2, 3):
            (deck.folder / f"{page}.jpg").write_bytes(b"\xff\xd8")
    for at_ms, page in ((2000, 1), (9000, 2), (12000, 3)):
        decks[0].marks.create(at_ms=at_ms, page=page)
    decks[1].marks.create(at_ms=4000, page=1)
    signed = f"/media/forum/{key_for(cut, slug='forum')}/session/{cut.code}/"
    for base in (_base(cut), signed):
        found = [client.get(f"{base}slides-{decks[0].pk}-{page}.jpg").status_code for page in (1, 2, 3)]
        assert found == [404, 200, 200], base
        assert client.get(f"{base}slides-{decks[1].pk}-1.jpg").status_code == 404


def test_transcripts_for_everybody_are_read_by_pages_of_others(client, cut, filmed) -> None:
    take_transcript(recording=filmed, language="ru", lines=[Line(12500, 15000, "inside")], actor=None)
    for form in ("vtt", "srt", "txt"):
        assert client.get(f"{_base(cut)}captions-ru.{form}")["Access-Control-Allow-Origin"] == "*"
    signed = f"/media/forum/{key_for(cut, slug='forum')}/session/{cut.code}/captions-ru.vtt"
    assert "Access-Control-Allow-Origin" not in client.get(signed)


def test_materials_are_downloads_and_drafts_the_team_s(client, event) -> None:
    upload = check_upload(SimpleUploadedFile("Протокол.txt", "Решили".encode()))
    material = save_material(
        event=event, material=None, kind=MaterialKind.PROTOCOL, titles={"en": "Protocol"}, texts={}, session=None,
        date=None, url="", upload=upload, is_published=True, actor=None,
    )  # fmt: skip
    address = f"/files/results/{material.guid}/"
    answer = client.get(address)
    assert b"".join(answer) == "Решили".encode()
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    Material.objects.update(is_published=False)
    assert client.get(address).status_code == 404
    client.force_login(make_team_member(event, "media_editor"))
    answer = client.get(address)
    assert b"".join(answer)
    assert "no-store" in answer["Cache-Control"]
