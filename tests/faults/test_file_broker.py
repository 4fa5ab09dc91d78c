"""The demo's broker on files: no message is torn, and none that is stops a worker."""

import multiprocessing
import time
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from config.file_broker import Transport

MESSAGES = 1500


def channel(folder: Path):
    """Open a channel as the settings of the demo do."""
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://", transport=Transport, transport_options=options).channel()


def fill(folder: Path) -> None:
    """Put many messages as fast as it goes."""
    busy = channel(folder)
    for number in range(MESSAGES):
        busy._put("celery", {"number": number, "body": "x" * 500})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A queue, beside the folder through which kombu takes messages."""
    for name in ("queue", "taken"):
        (tmp_path / name).mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "taken"))
    return tmp_path / "queue"


def test_messages_that_are_written_while_others_read_arrive_whole(folder: Path) -> None:
    writer = multiprocessing.get_context("fork").Process(target=fill, args=(folder,))
    writer.start()
    reader, numbers = channel(folder), set()
    deadline = time.monotonic() + 60
    while len(numbers) < MESSAGES and time.monotonic() < deadline:
        try:
            numbers.add(reader._get("celery")["number"])
        except Empty:
            continue
    writer.join()
    assert numbers == set(range(MESSAGES))


def test_a_torn_message_is_passed_over(folder: Path) -> None:
    (folder / "000000000000001_torn.celery.msg").write_text("")
    queue = channel(folder)
    queue._put("celery", {"number": 1})
    with pytest.raises(Empty):
        queue._get("celery")
    assert queue._get("celery") == {"number": 1}
