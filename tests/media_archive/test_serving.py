"""What an address below /media/ opens: a cut, and not a byte beside it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone

from media_archive.links import key_for
from media_archive.models import Access, Cut
from media_archive.probing import probe
from media_archive.queries.opening import REMEMBERED, forget_openings
from media_archive.services.cutting import cut_sessions, cut_whole_day, move_cut, publish_cut, withdraw_cut
from tests.media_archive.asgi import ask
from tests.media_archive.conftest import START

pytestmark = pytest.mark.django_db


@pytest.fixture
def cut(filmed, event) -> Cut:
    """The second session, for everybody: seconds 10 to 20 of the clock."""
    made = cut_sessions(event=event, date=START.date(), actor=None).made
    return publish_cut(cut=made[1], access=Access.PUBLIC, actor=None)


def _base(cut: Cut, key: str = "") -> str:
    return f"/media/forum/{key}/session/{cut.code}/1/" if key else f"/media/forum/session/{cut.code}/1/"


def _fragments(playlist: str) -> list[tuple[str, int, int]]:
    """Return address, first and last byte of each fragment."""
    found = re.findall(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\S+)", playlist)
    return [(uri, int(at), int(at) + int(size) - 1) for size, at, uri in found]


def test_a_day_is_cut_by_the_programme_without_encoding(filmed, event) -> None:
    result = cut_sessions(event=event, date=START.date(), actor=None)
    assert [(cut.start_ms, cut.end_ms) for cut in result.made] == [(2000, 10000), (10000, 20000)]
    assert [session.title["en"] for session in result.missed] == ["Session 3"]
    again = cut_sessions(event=event, date=START.date(), actor=None)
    assert (again.made, len(again.kept)) == ([], 2)


def test_playlists_carry_the_common_clock_and_the_exact_start(cut) -> None:
    master = ask(f"{_base(cut)}master.m3u8")
    assert master.status == 200
    assert master.headers["content-type"] == "application/vnd.apple.mpegurl"
    assert "180.m3u8" in master.body.decode()
    body = ask(f"{_base(cut)}180.m3u8").body.decode()
    moments = re.findall(r"PROGRAM-DATE-TIME:(\S+)", body)
    assert moments[0] == "2026-05-12T07:00:08.000Z", "the fragment in which second 10 lies"
    assert "#EXT-X-START:TIME-OFFSET=2.000,PRECISE=YES" in body
    # The farther camera was on two seconds earlier: its fragments begin at other moments of the same clock.
    farther = ask(f"{_base(cut).replace('/1/', '/2/')}180.m3u8").body.decode()
    assert re.findall(r"PROGRAM-DATE-TIME:(\S+)", farther)[0] == "2026-05-12T07:00:10.000Z"


def test_bytes_of_the_cut_are_given_and_none_beside_it(cut) -> None:
    playlist = ask(f"{_base(cut)}180.m3u8").body.decode()
    fragments = _fragments(playlist)
    header = int(re.search(r'BYTERANGE="(\d+)@0"', playlist)[1])
    uri, first, last = fragments[0]
    end = fragments[-1][2]
    piece = ask(f"{_base(cut)}{uri}", headers={"range": f"bytes={first}-{last}"})
    assert piece.status == 206
    assert len(piece.body) == last - first + 1
    assert piece.headers["content-range"].startswith(f"bytes {first}-{last}/")
    assert ask(f"{_base(cut)}{uri}", headers={"range": f"bytes=0-{header - 1}"}).status == 206
    refused = [
        {}, {"range": f"bytes={first - 1}-{last}"}, {"range": f"bytes={first}-{end + 1}"}, {"range": "bytes=0-"},
        {"range": f"bytes=0-{first}"}, {"range": "bytes=-500"}, {"range": f"bytes={first}-{last},{first}-{last}"},
        {"range": f"bytes={first}-{last}", "if-range": '"x"'}, {"range": "bytes=9-5"}, {"range": "lines=1-2"},
    ]  # fmt: skip
    for headers in refused:
        assert ask(f"{_base(cut)}{uri}", headers=headers).status == 416, headers


def test_a_whole_file_of_the_cut_plays_and_has_its_length(cut, tmp_path) -> None:
    address = f"{_base(cut)}file-180.mp4"
    whole = ask(address)
    assert whole.status == 200
    assert int(whole.headers["content-length"]) == len(whole.body)
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole.body)
    found = probe(path)
    assert found.seconds == pytest.approx(10, abs=0.1)
    assert found.sounds
    part = ask(address, headers={"range": "bytes=5000-99999"})
    assert (part.status, part.body) == (206, whole.body[5000:100000])
    assert ask(f"{_base(cut)}file-180-1.mp4").body == whole.body, "as it was called before"
    assert ask(f"{_base(cut)}180.mp4").status == 404
    kept = ask(f"{address}?download")
    assert kept.headers["content-disposition"] == f'attachment; filename="{cut.code}-1-180.mp4"'


def test_ranges_of_whole_files_are_those_of_rfc_9110(cut) -> None:
    address = f"{_base(cut)}file-180.mp4"
    whole = ask(address).body
    size = len(whole)
    for asked, first, last in (
        ("bytes=0-0", 0, 0), ("bytes=-5", size - 5, size - 1), (f"bytes=-{size + 9}", 0, size - 1),
        (f"bytes={size - 3}-", size - 3, size - 1), ("Bytes=100-99999999", 100, size - 1),
    ):  # fmt: skip
        part = ask(address, headers={"range": asked})
        assert (part.status, part.headers["content-range"]) == (206, f"bytes {first}-{last}/{size}"), asked
        assert part.body == whole[first : last + 1]
    for asked in (f"bytes={size}-", "bytes=-0"):
        refused = ask(address, headers={"range": asked})
        assert (refused.status, refused.headers["content-range"]) == (416, f"bytes */{size}"), asked
    for asked in ("bytes=100-50", "bytes=-", "bytes=0-1,5-6", "lines=1-2", "bytes=x-"):
        assert len(ask(address, headers={"range": asked}).body) == size, asked
    head = ask(address, "HEAD", headers={"range": "bytes=0-9"})
    assert (head.status, head.headers["content-length"], head.body) == (200, str(size), b"")


def test_whoever_has_a_file_is_not_sent_it_again(cut) -> None:
    address = f"{_base(cut)}file-180.mp4"
    tag = ask(address, "HEAD").headers["etag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = ask(address, headers={"if-none-match": known, "range": "bytes=0-9"})
        assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag), known
    assert ask(address, headers={"if-none-match": '"x"'}).status == 200
    move_cut(cut=cut, start_ms=11000, end_ms=20000, actor=None)
    forget_openings()
    assert ask(address, headers={"if-none-match": tag}).status == 200, "another moment begins it"


def test_what_is_private_opens_by_a_key_alone_and_only_until_its_end(cut, event) -> None:
    publish_cut(cut=cut, access=Access.REGISTERED, actor=None)
    forget_openings()
    fragments = _fragments(ask(f"{_base(cut, key_for(cut, slug='forum'))}180.m3u8").body.decode())
    uri, first, last = fragments[0]
    span = {"range": f"bytes={first}-{last}"}
    for address in ("master.m3u8", "180.m3u8", uri):
        assert ask(f"{_base(cut)}{address}", headers=span).status == 404, address
    key = key_for(cut, slug="forum")
    assert ask(f"{_base(cut, key)}{uri}", headers=span).status == 206
    other = Cut.objects.exclude(pk=cut.pk).first()
    assert ask(f"{_base(other, key)}master.m3u8").status == 403, "a key is for one cut"
    with time_machine.travel(timezone.now() + dt.timedelta(hours=7)):
        forget_openings()
        for address in ("master.m3u8", "180.m3u8", uri):
            assert ask(f"{_base(cut, key)}{address}", headers=span).status == 403, address
    assert ask(f"{_base(cut, key[:-1] + 'x')}master.m3u8").status == 403


def test_a_withdrawn_recording_can_be_watched_for_seconds_only(cut) -> None:
    uri, first, last = _fragments(ask(f"{_base(cut)}180.m3u8").body.decode())[0]
    span = {"range": f"bytes={first}-{last}"}
    assert ask(f"{_base(cut)}{uri}", headers=span).status == 206
    withdraw_cut(cut=cut, actor=None)
    assert ask(f"{_base(cut)}180.m3u8").status == 404
    assert REMEMBERED <= 30
    forget_openings()  # as time does
    assert ask(f"{_base(cut)}{uri}", headers=span).status == 404


def test_drafts_later_ones_and_other_events_are_not_there(cut, event) -> None:
    assert ask(f"/media/other/session/{cut.code}/1/master.m3u8").status == 404
    publish_cut(cut=cut, access=Access.PUBLIC, publish_at=timezone.now() + dt.timedelta(hours=1), actor=None)
    assert ask(f"{_base(cut)}master.m3u8").status == 404
    draft = Cut.objects.filter(recording=cut.recording).exclude(pk=cut.pk).get()
    assert ask(f"{_base(draft)}master.m3u8").status == 404
    assert ask(f"{_base(draft, key_for(draft, slug='forum'))}master.m3u8").status == 404
    assert ask(f"{_base(draft, key_for(draft, slug='forum', is_draft=True))}master.m3u8").status == 200


def test_nudging_a_cut_moves_what_it_opens(cut) -> None:
    before = _fragments(ask(f"{_base(cut)}180.m3u8").body.decode())
    move_cut(cut=cut, start_ms=14000, end_ms=20000, actor=None)
    after = _fragments(ask(f"{_base(cut)}180.m3u8").body.decode())
    assert after == before[1:]


def test_a_whole_day_is_a_cut_too(filmed, event) -> None:
    day = publish_cut(cut=cut_whole_day(recording=filmed, actor=None), access=Access.PUBLIC, actor=None)
    assert (day.start_ms, day.end_ms) == (0, pytest.approx(24000, abs=100))
    assert cut_whole_day(recording=filmed, actor=None).pk == day.pk
    assert ask(f"{_base(day)}master.m3u8").status == 200


def test_behind_nginx_the_body_is_nginx_s_work(cut, settings) -> None:
    settings.X_ACCEL_PREFIX = "/protected/"
    uri, first, last = _fragments(ask(f"{_base(cut)}180.m3u8").body.decode())[0]
    answer = ask(f"{_base(cut)}{uri}", headers={"range": f"bytes={first}-{last}"})
    assert answer.headers["x-accel-redirect"].startswith(f"/protected/recordings/{cut.event_id}/")
    assert answer.body == b""
