"""Background work of pages: one at a time in a process, and never in the way of others."""

from __future__ import annotations

import threading

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from network.web import leisure
from network.web.leisure import BACKGROUND, at_leisure


def asked(priority: str | None = None) -> HttpRequest:
    return RequestFactory().get("/", headers={"Priority": priority} if priority else {})


@pytest.fixture(autouse=True)
def _rested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leisure, "_next", 0.0)


def test_one_is_worked_on_and_others_come_later() -> None:
    begun, go_on = threading.Event(), threading.Event()

    @at_leisure
    def slow(request: HttpRequest) -> HttpResponse:
        begun.set()
        go_on.wait(10)
        return HttpResponse("slow")

    @at_leisure
    def quick(request: HttpRequest) -> HttpResponse:
        return HttpResponse("quick")

    first = threading.Thread(target=slow, args=(asked(BACKGROUND),))
    first.start()
    begun.wait(10)
    later = quick(asked(BACKGROUND))
    assert (later.status_code, later["Retry-After"]) == (503, "5")
    assert quick(asked()).status_code == 200
    assert quick(asked("u=1")).status_code == 200
    go_on.set()
    first.join()
    leisure._next = 0.0
    assert quick(asked(BACKGROUND)).status_code == 200


def test_work_that_took_a_second_is_followed_by_three_of_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0

    @at_leisure
    def work(request: HttpRequest) -> HttpResponse:
        nonlocal now
        now += 1
        return HttpResponse("done")

    monkeypatch.setattr(leisure.time, "monotonic", lambda: now)
    assert work(asked(BACKGROUND)).status_code == 200
    now += 2.9
    assert work(asked(BACKGROUND)).status_code == 503
    now += 0.2
    assert work(asked(BACKGROUND)).status_code == 200
    assert work(asked()).status_code == 200


def test_a_view_that_breaks_leaves_the_turn_to_others() -> None:
    @at_leisure
    def broken(request: HttpRequest) -> HttpResponse:
        raise ZeroDivisionError

    for _again in range(2):
        leisure._next = 0.0
        with pytest.raises(ZeroDivisionError):
            broken(asked(BACKGROUND))
