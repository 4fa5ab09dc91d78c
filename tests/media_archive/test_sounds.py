"""Several sounds of one film: found, chosen, packaged, offered, and withdrawn."""

from __future__ import annotations

import re
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from media_archive.errors import NoSuchFile, WrongState
from media_archive.ffmpeg import ffmpeg_path
from media_archive.models import Access, CameraFile, Job, JobState, Match, Step
from media_archive.probing import probe
from media_archive.queries.opening import forget_openings, opening_of
from media_archive.queries.playing import master_of, player_data, playlist_of, shown
from media_archive.queries.sounds import published_languages
from media_archive.services.cutting import cut_whole_day, publish_cut
from media_archive.services.filming import take_file
from media_archive.services.sounds import Choice, choose_sounds
from media_archive.services.working import work_until_idle
from tests.factories import make_event, make_team_member
from tests.media_archive.asgi import ask
from tests.media_archive.conftest import make_film

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def film_with(path: Path, *tags: str) -> Path:
    """Make a film of 8 s with a sound for each language tag; sound n is a tone of 300 · (n + 1) Hz."""
    arguments = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=8"]
    for number in range(len(tags)):
        arguments += ["-f", "lavfi", "-i", f"sine=frequency={300 * (number + 1)}:d=8"]
    arguments += ["-map", "0:v"]
    for number, tag in enumerate(tags):
        arguments += ["-map", f"{number + 1}:a", f"-metadata:s:a:{number}", f"language={tag}"]
        arguments += [f"-metadata:s:a:{number}", f"title=Channel {number + 1}"]
    return make_film(path, *arguments, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac")


def pitch_of(path: Path) -> float:
    """Return the pitch of a file's first sound in hertz, counted by how often it passes zero."""
    raw = subprocess.run(
        [ffmpeg_path(), "-v", "error", "-ss", "2", "-t", "2", "-i", str(path), "-map", "0:a:0", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    signs = [raw[at] < 128 for at in range(1, len(raw), 2)]
    return sum(one != two for one, two in pairwise(signs)) / 4


@pytest.fixture(scope="session")
def two(tmp_path_factory) -> Path:
    return film_with(tmp_path_factory.mktemp("two") / "two.mkv", "rus", "eng")


@pytest.fixture
def file(recording, two) -> CameraFile:
    """A file of two languages, all work done."""
    file = take_file(recording=recording, label="a", path=two, name="two.mkv", actor=None, move=False)
    work_until_idle()
    CameraFile.objects.filter(pk=file.pk).update(offset_ms=0, match=Match.FIRST)
    file.refresh_from_db()
    return file


def _view(recording):
    view = shown(cut_whole_day(recording=recording, actor=None), slug="forum")
    data = player_data(view, title="", chapters=[], transcripts=[], slides=[])
    return view, data["sounds"]


def test_two_languages_are_packaged_and_offered(recording, file) -> None:
    assert [(one.index, one.language, one.title, one.is_published) for one in file.sound_tracks.all()] == [
        (0, "ru", "Channel 1", True), (1, "en", "Channel 2", True),
    ]  # fmt: skip
    assert {one.name for one in file.renditions.all()} == {"source", "180", "sound", "sound2"}
    assert pitch_of(file.folder / "sound.mp4") == pytest.approx(300, rel=0.05)
    assert pitch_of(file.folder / "sound2.mp4") == pytest.approx(600, rel=0.05)
    assert pitch_of(file.folder / "180.mp4") == pytest.approx(300, rel=0.05)
    view, sounds = _view(recording)
    assert [(one["language"], one["label"], one["camera"]) for one in sounds] == [
        ("ru", "Russian", 1),
        ("en", "English", 1),
    ]
    assert sounds[0]["url"] is None
    assert sounds[1]["url"].endswith("/1/sound2.m3u8")
    master = master_of(view.cut, view.cameras[0])
    assert re.findall(r"#EXT-X-MEDIA:(.*)", master) == [
        'TYPE=AUDIO,GROUP-ID="sound",NAME="Russian",LANGUAGE="ru",DEFAULT=YES,AUTOSELECT=YES',
        'TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,URI="sound2.m3u8"',
    ]
    assert re.findall(r"#EXT-X-STREAM-INF:.*", master) == re.findall(
        r'#EXT-X-STREAM-INF:.*AUDIO="sound"', master
    )
    assert "sound2-1-" in (playlist_of(view.cut, view.cameras[0], "sound2") or "")
    assert (1, "sound2", 1) in opening_of(view.cut).pieces
    assert published_languages(view.cameras) == {"en", "ru"}


def test_the_recording_is_found_by_the_languages_it_can_be_heard_in(client, recording, file) -> None:
    cut = cut_whole_day(recording=recording, actor=None)
    publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
    for address in ("/en/recordings/", f"/en/events/{cut.event.slug}/recordings/"):
        assert cut.code in client.get(f"{address}?language=en").content.decode(), address
        assert cut.code not in client.get(f"{address}?language=de").content.decode(), address
    page = client.get(f"/en/events/{cut.event.slug}/recordings/{cut.code}/").content.decode()
    assert re.search(r'"inLanguage": ?\["en", ?"ru"\]', page)


def test_programs_are_told_the_sounds(client, recording, file) -> None:
    cut = cut_whole_day(recording=recording, actor=None)
    publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
    found = client.get(f"/api/v1/events/forum/recordings/{cut.code}").json()["sounds"]
    assert [(one["language"], one["camera"], bool(one["playlist"])) for one in found] == [
        ("ru", 1, False),
        ("en", 1, True),
    ]
    address = found[1]["playlist"].removeprefix(settings.BASE_URL)
    assert "#EXT-X-BYTERANGE" in client.get(address).content.decode()
    page = client.get(f"/en/events/forum/recordings/{cut.code}/", follow=True).content.decode()
    assert "Sound alone, English" in page
    assert "file-sound2.m4a?download" in page


def test_a_withdrawn_sound_is_gone_at_once_and_only_sound_is_made_again(recording, file) -> None:
    said = {0: Choice("ru", True), 1: Choice("en", False)}
    assert choose_sounds(file=file, choices=said, default=0, actor=None) == [Step.SOUND]
    view, sounds = _view(recording)
    assert sounds == []
    assert "EXT-X-MEDIA" not in master_of(view.cut, view.cameras[0])
    forget_openings()
    assert (1, "sound2", 1) not in opening_of(view.cut).pieces
    work_until_idle()
    assert not (file.folder / "sound2.mp4").exists()
    assert not file.renditions.filter(name="sound2").exists()
    assert choose_sounds(file=file, choices=said, default=0, actor=None) == [], "the same again makes nothing"
    assert choose_sounds(file=file, choices={0: Choice("mul", True)}, default=0, actor=None) == [], (
        "a name makes nothing"
    )


def test_another_default_is_in_the_pictures_too(recording, file) -> None:
    said = {0: Choice("ru", True), 1: Choice("en", True)}
    assert choose_sounds(file=file, choices=said, default=1, actor=None) == [Step.LADDER]
    work_until_idle()
    assert not Job.objects.filter(state=JobState.FAILED).exclude(step=Step.ALIGN).exists()
    assert pitch_of(file.folder / "180.mp4") == pytest.approx(600, rel=0.05)
    assert pitch_of(file.folder / "sound.mp4") == pytest.approx(600, rel=0.05)
    assert pitch_of(file.folder / "sound1.mp4") == pytest.approx(300, rel=0.05)
    assert [one["language"] for one in _view(recording)[1]] == ["en", "ru"]


def test_what_is_heard_is_what_it_is_called_while_another_default_is_made(recording, file) -> None:
    choose_sounds(file=file, choices={}, default=1, actor=None)
    told = [{"language": "ru", "url": None}, {"language": "en"}]
    sounds = _view(recording)[1]
    assert [one["language"] for one in sounds] == [one["language"] for one in told]
    assert sounds[0]["url"] is None
    assert round(pitch_of(file.folder / "180.mp4"), -1) == 300
    assert work_until_idle(most=2) == 2  # the posters, the ladder
    forget_openings()
    assert round(pitch_of(file.folder / "180.mp4"), -1) == 600
    assert _view(recording)[1] == []  # the other one is being made
    work_until_idle()
    forget_openings()
    sounds = _view(recording)[1]
    assert [(one["language"], one["url"] is None) for one in sounds] == [("en", True), ("ru", False)]
    assert round(pitch_of(file.folder / "sound.mp4"), -1) == 600
    assert round(pitch_of(file.folder / "sound1.mp4"), -1) == 300


def test_the_default_that_was_there_can_be_chosen_back_before_anything_is_made(recording, file) -> None:
    choose_sounds(file=file, choices={}, default=1, actor=None)
    choose_sounds(file=file, choices={}, default=0, actor=None)
    work_until_idle()
    assert round(pitch_of(file.folder / "180.mp4"), -1) == 300
    assert [one["language"] for one in _view(recording)[1]] == ["ru", "en"]


def test_one_file_with_another_default_takes_the_name_from_the_sound_of_both(
    recording, file, tmp_path
) -> None:
    longer = film_with(tmp_path / "longer.mkv", "rus", "eng", "deu")
    second = take_file(recording=recording, label="a", path=longer, name="b.mkv", actor=None, move=False)
    work_until_idle()
    CameraFile.objects.filter(pk=second.pk).update(offset_ms=9000, match=Match.SOUND)
    forget_openings()
    assert [one["language"] for one in _view(recording)[1]] == ["ru", "en"], "German is in one of them only"
    choose_sounds(file=second, choices={}, default=1, actor=None)
    assert work_until_idle(most=2) == 2  # the posters, the ladder
    forget_openings()
    assert "ru" not in [one["language"] for one in _view(recording)[1] if one["url"] is None]


def test_files_of_one_camera_with_their_sounds_in_another_order_offer_no_wrong_language(
    recording, file, tmp_path
) -> None:
    other = film_with(tmp_path / "other.mkv", "eng", "rus")
    second = take_file(recording=recording, label="a", path=other, name="other.mkv", actor=None, move=False)
    work_until_idle()
    CameraFile.objects.filter(pk=second.pk).update(offset_ms=9000, match=Match.SOUND)
    forget_openings()
    assert _view(recording)[1] == []
    choose_sounds(file=second, choices={}, default=1, actor=None)
    assert work_until_idle(most=2) == 2  # the posters, the ladder: its sound by itself is not there yet
    forget_openings()
    assert _view(recording)[1] == []
    work_until_idle()
    forget_openings()
    assert _view(recording)[1] == [], "English lies in the second track of one, in the first of the other"


def test_ten_sounds_and_none(recording, tmp_path, films) -> None:
    ten = film_with(
        tmp_path / "ten.mkv", "rus", "eng", "und", "deu", "fra", "spa", "zho", "ita", "tur", "kaz"
    )
    assert [sound.language for sound in probe(ten).sounds][:4] == ["rus", "eng", "", "deu"]
    file = take_file(recording=recording, label="ten", path=ten, name="ten.mkv", actor=None, move=False)
    mute = make_film(tmp_path / "mute.mp4", "-i", str(films["closer"]), "-an", "-c", "copy")
    silent = take_file(recording=recording, label="mute", path=mute, name="mute.mp4", actor=None, move=False)
    work_until_idle()
    assert file.sound_tracks.count() == 10
    assert file.renditions.filter(name__startswith="sound").count() == 9, (
        "what has no language waits for the editor"
    )
    assert pitch_of(file.folder / "sound10.mp4") == pytest.approx(3000, rel=0.05)
    assert not silent.sound_tracks.exists()
    with pytest.raises(NoSuchFile):
        choose_sounds(file=silent, choices={}, default=0, actor=None)
    with pytest.raises(NoSuchFile):
        choose_sounds(file=file, choices={10: Choice("en", True)}, default=0, actor=None)
    Job.objects.filter(file=file, step=Step.SOUND).update(state=JobState.RUNNING)
    with pytest.raises(WrongState):
        choose_sounds(file=file, choices={}, default=0, actor=None)


def test_what_was_packaged_before_plays_on(filmed) -> None:
    view, sounds = _view(filmed)
    assert sounds == []
    assert "EXT-X-MEDIA" not in master_of(view.cut, view.cameras[0])
    assert playlist_of(view.cut, view.cameras[0], "sound")


def test_the_editor_names_and_withdraws_sounds(client, event, recording, file) -> None:
    client.force_login(make_team_member(event, "media_editor"))
    page = reverse("backoffice_file_sounds", args=("forum", recording.code, file.pk))
    desk = reverse("backoffice_recording", args=("forum", recording.code))
    assert page in client.get(desk).content.decode()
    assert "Channel 2" in client.get(page).content.decode()
    right = {
        "default": "0",
        "language_0": "mul",
        "published_0": "on",
        "language_1": "de",
        "published_1": "on",
    }
    for wrong in ({"default": "7"}, {"default": ""}, {"language_1": "mul"}, {"language_1": "<b>"}):
        assert client.post(page, {**right, **wrong}).status_code == 422, wrong
    assert client.post(page, right)["Location"] == desk
    assert [one["label"] for one in _view(recording)[1]] == ["Original", "German"]
    Job.objects.filter(file=file, step=Step.SOUND).update(state=JobState.RUNNING)
    assert client.post(page, right).status_code == 409
    client.force_login(make_team_member(make_event(slug="other"), "media_editor"))
    assert client.get(page).status_code == 404


def test_sounds_of_an_old_file_are_found_when_asked_for(client, event, recording, file) -> None:
    file.sound_tracks.all().delete()
    file.renditions.filter(name="sound2").delete()
    client.force_login(make_team_member(event, "media_editor"))
    page = reverse("backoffice_file_sounds", args=("forum", recording.code, file.pk))
    assert client.get(page).status_code == 200
    client.post(page, {})
    work_until_idle()
    assert [one["language"] for one in _view(recording)[1]] == ["ru", "en"]


def test_a_silent_sound_is_marked_and_not_offered(client, event, recording, tmp_path) -> None:
    arguments = ["-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=6", "-f", "lavfi", "-i", "sine=d=6"]
    hiss = "anoisesrc=d=6:a=0.0002"  # a socket without a plug
    arguments += ["-f", "lavfi", "-i", hiss, "-f", "lavfi", "-i", "anullsrc=d=6", "-map", "0:v"]
    for number, language in enumerate(("rus", "eng", "deu")):
        arguments += ["-map", f"{number + 1}:a", f"-metadata:s:a:{number}", f"language={language}"]
    film = make_film(tmp_path / "quiet.mkv", *arguments, "-t", "6", "-c:v", "libx264", "-c:a", "aac")
    file = take_file(recording=recording, label="a", path=film, name="quiet.mkv", actor=None, move=False)
    work_until_idle()
    CameraFile.objects.filter(pk=file.pk).update(offset_ms=0, match=Match.FIRST)
    assert [track.is_silent for track in file.sound_tracks.all()] == [False, True, True]
    assert not (file.folder / "sound2.mp4").exists()
    view, sounds = _view(recording)
    assert sounds == [], "one sound is no choice"
    assert published_languages(view.cameras) == set()
    client.force_login(make_team_member(event, "media_editor"))
    page = client.get(reverse("backoffice_file_sounds", args=("forum", recording.code, file.pk)))
    assert page.content.decode().count("nothing is heard in it") == 2


def test_a_file_that_is_made_anew_has_another_address(client, recording, file) -> None:
    cut = cut_whole_day(recording=recording, actor=None)
    publish_cut(cut=cut, access=Access.PUBLIC, actor=None)
    base = f"/media/forum/session/{cut.code}/1/"

    def piece() -> tuple[str, dict[str, str]]:
        told = client.get(f"{base}180.m3u8").content.decode()
        found = re.search(r'EXT-X-MAP:URI="([^"]+)",BYTERANGE="(\d+)@0"', told)
        assert found
        return f"{base}{found[1]}", {"range": f"bytes=0-{int(found[2]) - 1}"}

    old, span = piece()
    assert ask(old, headers=span).status == 206
    whole = ask(f"{base}file-180-1.mp4", headers={"range": "bytes=0-99"})
    choose_sounds(file=file, choices={}, default=1, actor=None)
    work_until_idle()
    forget_openings()
    new, its = piece()
    assert new != old
    assert ask(new, headers=its).status == 206
    assert ask(old, headers=span).status == 410, "players ask for the playlist anew"
    known = {"range": "bytes=100-", "if-range": whole.headers["etag"]}
    again = ask(f"{base}file-180-1.mp4", headers=known)
    assert again.status == 200, "nobody joins the rest of one to the start of the other"
    known["if-range"] = again.headers["etag"]
    assert ask(f"{base}file-180-1.mp4", headers=known).status == 206


def test_the_command_says_in_which_languages_sounds_are(recording, two, capsys) -> None:
    where = {"event": "forum", "day": "2026-05-12", "room": "Main hall"}
    call_command("ingest_recording", two, sound_language=["mul", "deu"], **where)
    file = CameraFile.objects.get()
    named = [("mul", True), ("de", True)]
    assert list(file.sound_tracks.values_list("language", "is_published")) == named
    work_until_idle()
    assert list(file.sound_tracks.values_list("language", "is_published")) == named, "the check keeps that"
    CameraFile.objects.update(offset_ms=0, match=Match.FIRST)
    assert [one["label"] for one in _view(recording)[1]] == ["Original", "German"]
    for wrong in (["russian"], ["ru", "en", "de"]):
        with pytest.raises(CommandError):
            call_command("ingest_recording", two, sound_language=wrong, **where)
    assert CameraFile.objects.count() == 1
