"""The desk where sessions are cut: the day's loudness, film around a moment, neighbours, publishing several at once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from django.urls import reverse

from media_archive.backoffice.waves import day_of, wave_on_clock
from media_archive.ffmpeg import ffmpeg_path
from media_archive.models import Access, Camera, CameraFile, Cut, CutState, Job, JobState, Rendition, Step
from media_archive.queries.clips import clip_of
from media_archive.services.cutting import cut_whole_day
from network.models import AuditEntry
from tests.factories import make_category, make_event, make_team_member

pytestmark = pytest.mark.django_db


def _url(name: str, *args: object) -> str:
    return reverse(name, args=("forum", *args))


def test_the_day_s_loudness_joins_the_files_of_the_camera_that_is_heard() -> None:
    """A camera that was stopped in between lies in two places; a file that begins before zero is cut there."""
    files = [
        CameraFile(offset_ms=-300, clock_ppm=0, waveform=bytes([1, 2, 3, 4, 5, 6])),
        CameraFile(offset_ms=600, clock_ppm=0, waveform=bytes([7, 8, 9])),
    ]
    assert list(wave_on_clock(files, 1000)) == [4, 5, 6, 0, 0, 0, 7, 8, 9, 0]


def test_a_slow_clock_stretches_the_loudness() -> None:
    """After an hour a file whose clock is slow by 500 millionths lies 1.8 s later."""
    data = bytearray(36_000)
    data[35_990] = 255
    wave = wave_on_clock([CameraFile(offset_ms=0, clock_ppm=500, waveform=bytes(data))], 3_700_000)
    assert abs(wave.index(255) - 36_008) <= 1


def test_the_line_shows_the_camera_that_is_heard_and_all_cuts(filmed, cuts) -> None:
    master, other = CameraFile.objects.order_by("-camera__is_sound_master")
    CameraFile.objects.filter(pk=master.pk).update(waveform=bytes([9] * 240))
    CameraFile.objects.filter(pk=other.pk).update(waveform=bytes([200] * 260))
    day = day_of(filmed, cuts)
    assert set(day.wave) == {9}
    assert [place.cut for place in day.places] == cuts
    assert [round(place.x + place.width) for place in day.places] == [
        round(600 * c.end_ms / day.end_ms) for c in cuts
    ]
    CameraFile.objects.filter(pk=master.pk).update(waveform=b"")
    assert max(day_of(filmed, cuts).wave) == 200  # another camera stands in


def test_a_clip_is_the_film_around_the_moment(filmed, tmp_path: Path) -> None:
    """It begins at the moment itself, and plays from zero."""
    clip = clip_of(filmed, 9_000, 12_000)
    assert clip is not None
    assert clip.has_picture
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"".join(clip.film.read(0, clip.film.size - 1)))
    assert path.stat().st_size == clip.film.size
    assert clip.film.seconds == pytest.approx(3)
    said = subprocess.run([ffmpeg_path(), "-i", str(path), "-f", "null", "-"], capture_output=True, text=True, check=True).stderr  # fmt: skip
    assert "Invalid" not in said
    assert "Video: h264" in said
    assert "Audio: aac" in said


def test_a_clip_lies_on_the_recording_s_clock(filmed) -> None:
    """Of a file that was switched on earlier, and of the other camera where the one that is heard was off."""
    master = CameraFile.objects.get(camera__is_sound_master=True)
    CameraFile.objects.filter(pk=master.pk).update(offset_ms=1000.0)
    moved = clip_of(filmed, 9_000, 12_000)
    assert moved is not None
    assert [(one.first, one.last) for one in moved.film.stretches] == [(8.0, 11.0)]
    before = clip_of(filmed, 0, 500)
    assert before is not None  # the farther camera alone was on
    assert [(one.first, one.last) for one in before.film.stretches] == [(2.0, 2.5)]
    assert clip_of(filmed, 60_000, 70_000) is None


def test_the_smallest_picture_is_sent_and_sound_alone_where_there_is_none(filmed) -> None:
    Rendition.objects.filter(file__camera__is_sound_master=True).exclude(name__startswith="sound").delete()
    Camera.objects.filter(is_sound_master=False).delete()
    clip = clip_of(filmed, 2_000, 3_000)
    assert clip is not None
    assert not clip.has_picture


def test_the_page_is_answered_with_loudness_and_film(desk, filmed) -> None:
    CameraFile.objects.filter(camera__is_sound_master=True).update(waveform=bytes([50] * 240))
    wave = desk.get(_url("backoffice_wave", filmed.code))
    assert wave["Content-Type"] == "application/octet-stream"
    assert wave.content[:240] == bytes([50] * 240)
    film = desk.get(_url("backoffice_clip", filmed.code), {"at": "10000"})
    assert film["Content-Type"] == "video/mp4"
    assert film["Clip-Start"] == "4000"
    assert film.content[4:8] == b"ftyp"
    assert desk.get(_url("backoffice_clip", filmed.code), {"at": "90000"}).status_code == 204
    for nonsense in ("", "-1", "x", "1e3", "٣", "99999999999", "172800001"):
        assert desk.get(_url("backoffice_clip", filmed.code), {"at": nonsense}).status_code == 404, nonsense


def test_a_film_that_is_being_made_anew_is_no_error(desk, filmed, settings) -> None:
    for rendition in Rendition.objects.all():
        (Path(settings.MEDIA_ROOT) / rendition.path).unlink()
    assert desk.get(_url("backoffice_clip", filmed.code), {"at": "10000"}).status_code == 204


def test_the_page_leads_through_the_day(desk, filmed, cuts) -> None:
    """From session to session; the whole day is none of them, and leads to the first."""
    day = cut_whole_day(recording=filmed, actor=None)
    first, second = (_url("backoffice_cut", cut.code) for cut in cuts)
    for cut, here, others in (
        (day, "", {first}), (cuts[0], first, {second}), (cuts[1], second, {first}),
    ):  # fmt: skip
        page = desk.get(_url("backoffice_cut", cut.code)).content.decode()
        found = page.partition('class="ma-neighbours"')[2].partition("</nav>")[0]
        assert {address for address in (first, second) if f'href="{address}"' in found} == others, here
    form = {"start": "0:03", "end": "0:10", "access": "public"}
    assert desk.post(first, {**form, "next": "1"})["Location"] == second
    assert desk.post(first, form)["Location"] == first
    assert desk.post(second, {**form, "next": "1"})["Location"] == second  # there is none behind it


def test_several_cuts_are_published_at_once(desk, filmed, cuts, event) -> None:
    address = _url("backoffice_publish", filmed.code)
    assert address in desk.get(_url("backoffice_recording", filmed.code)).content.decode()
    page = desk.get(address).content.decode()
    assert [f'value="{cut.pk}"' in page for cut in cuts] == [True, True]
    category = make_category(event, slug="guests")
    keys = [cut.pk for cut in cuts]
    assert desk.post(address, {"cuts": [], "access": "public"}).status_code == 422
    assert desk.post(address, {"cuts": keys, "access": "category"}).status_code == 422
    assert desk.post(address, {"cuts": [*keys, 999_999], "access": "public"}).status_code == 422
    assert not Cut.objects.filter(state=CutState.PUBLISHED).exists()
    answer = desk.post(address, {"cuts": keys, "access": "category", "categories": [category.pk]})
    assert answer["Location"] == _url("backoffice_recording", filmed.code)
    for cut in Cut.objects.filter(pk__in=keys):
        assert (cut.state, cut.access, list(cut.categories.all())) == (
            CutState.PUBLISHED,
            Access.CATEGORY,
            [category],
        )
    assert address not in desk.get(_url("backoffice_recording", filmed.code)).content.decode()


def test_nothing_of_another_event_is_cut_heard_or_published(desk, filmed, cuts) -> None:
    other = make_event(slug="other")
    for name in ("backoffice_wave", "backoffice_clip", "backoffice_publish"):
        assert desk.get(reverse(name, args=("other", filmed.code))).status_code == 404, name
    desk.force_login(make_team_member(other, "media_editor"))
    for name in ("backoffice_wave", "backoffice_clip", "backoffice_publish"):
        assert desk.get(reverse(name, args=("other", filmed.code))).status_code == 404, name
        assert desk.get(_url(name, filmed.code)).status_code == 404, name


def test_a_file_of_another_camera_is_given_to_it(desk, filmed) -> None:
    """The camera that is left without files goes, its sound is another one's, and the file stays on the clock."""
    closer, farther = filmed.cameras.all()
    file = closer.files.get()
    address = _url("backoffice_file_camera", filmed.code, file.pk)
    assert address in desk.get(_url("backoffice_recording", filmed.code)).content.decode()
    assert f'<option value="{farther.label}" selected>' in desk.get(address).content.decode()
    assert desk.post(address, {"camera": "", "label": " "}).status_code == 422
    assert desk.post(address, {"camera": "nonsense", "label": ""}).status_code == 422
    assert desk.post(address, {"camera": farther.label})["Location"] == _url(
        "backoffice_recording", filmed.code
    )
    camera = filmed.cameras.get()
    assert (camera, camera.is_sound_master, camera.files.count()) == (farther, True, 2)
    file.refresh_from_db()
    assert file.offset_ms == 0
    assert Job.objects.filter(step=Step.ALIGN, state=JobState.QUEUED).count() == 1
    assert AuditEntry.objects.filter(action="media.file_moved").count() == 1
    desk.post(address, {"camera": "", "label": "third"})
    assert {one.label for one in filmed.cameras.all()} == {farther.label, "third"}
    for number in range(9):
        filmed.cameras.get_or_create(number=number + 1, defaults={"label": f"x{number}"})
    answer = desk.post(address, {"camera": "", "label": "a tenth"})
    assert answer.status_code == 409
    assert "a tenth" in answer.content.decode()
