"""Pages that are kept for many readers: cheap again and again, and private papers are nobody else's."""

from pathlib import Path

from network.web.pages import code_version, pdf_response


def test_what_code_runs_is_read_once_and_not_for_each_page(monkeypatch):
    first = code_version()
    read: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or b"")
    assert code_version() == first
    assert not read


def test_a_paper_is_an_answer_of_its_own_each_time():
    one, other = (pdf_response(b"%PDF", "Вера.pdf") for _ in range(2))
    assert one is not other
    assert one["Cache-Control"] == "private, no-store"
    assert "utf-8''" in one["Content-Disposition"]
