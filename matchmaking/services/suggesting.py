"""Ranked suggestions: computed some seconds after an exchange's market has changed, by a process of its own.

What the ranking starts from is compared with what it started from last (``state_of_market``), so that no
way of changing a profile can be forgotten. The row of the exchange says who works on it; the broker only
wakes workers up.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import batched
from typing import IO

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, Sum
from django.utils import timezone

from matchmaking.market import digest_of, take_market
from matchmaking.models import (
    Block,
    Dismissal,
    Exchange,
    ExchangeProfile,
    Offer,
    ProfileState,
    Ranking,
    Suggestion,
    TextVector,
)
from matchmaking.ranking.learning import Habits
from matchmaking.ranking.scoring import discounted
from matchmaking.ranking.wire import (
    BrokenAnswer,
    Encoded,
    Found,
    Listed,
    Work,
    matches_as_json,
    read_answer,
    write_work,
)
from matchmaking.services.setting_up import touch
from matchmaking.states import Phase, shows_people

log = structlog.get_logger(__name__)

QUIET = dt.timedelta(seconds=5)  # nothing has changed for so long: many changes make one computation
PATIENCE = dt.timedelta(seconds=90)  # and where something always changes, after so long
PERIOD = dt.timedelta(hours=1)  # requests and answers count as well, and make none by themselves
REST = 8  # times as long as it took, a computation is not repeated: at most a ninth of a worker
LEASE = dt.timedelta(seconds=120)
PAUSE = dt.timedelta(minutes=5)  # after one that failed
LONGEST = 480.0  # seconds; below the limit at which Celery kills the task
PROFILES_AT_ONCE = 8
ROWS_AT_ONCE = 96  # a long statement takes much memory, and each that is worded differently stays in a cache
ATTEMPTS = 3
KEPT = 48  # partners a participant: four pages, of which some were asked, met or passed by


class LeaseLost(Exception):
    """Another worker has taken the work."""


def state_of_market(exchange: Exchange) -> str:
    """Return a text that differs whenever what suggestions follow from has changed; four queries."""
    shown = ExchangeProfile.objects.filter(exchange=exchange, state=ProfileState.SHOWN)
    people = shown.aggregate(n=Count("pk"), keys=Sum("pk"), versions=Sum("version"))
    offers = Offer.objects.filter(event=exchange.event_id)
    texts = offers.aggregate(n=Count("pk"), keys=Sum("pk"), last=Max("changed_at"))
    passed = Dismissal.objects.filter(profile__exchange=exchange).aggregate(n=Count("pk"), keys=Sum("pk"))
    blocks = Block.objects.filter(profile__exchange=exchange).aggregate(n=Count("pk"), keys=Sum("pk"))
    last = texts["last"].isoformat() if texts["last"] else ""
    parts = (
        exchange.asking, people["n"], people["keys"], people["versions"], texts["n"], texts["keys"], last,
        passed["n"], passed["keys"], blocks["n"], blocks["keys"],
    )  # fmt: skip
    return " ".join(str(part or 0) for part in parts)


def is_current(exchange: Exchange) -> bool:
    """Tell whether suggestions were computed from what stands there now; four queries."""
    ranking = Ranking.objects.filter(exchange=exchange, computed_at__isnull=False).first()
    return ranking is not None and ranking.basis == state_of_market(exchange)


def due_exchanges(*, now: dt.datetime | None = None) -> list[int]:
    """Return the keys of exchanges whose suggestions are to be computed now, and note what changed since when.

    Once an exchange is over nobody can ask any more, and nothing is computed.
    """
    moment = now or timezone.now()
    phases = [phase.value for phase in Phase if shows_people(phase) and phase is not Phase.OVER]
    rows = Exchange.objects.filter(phase__in=phases).select_related("ranking").order_by("pk")
    return [exchange.pk for exchange in rows if _is_due(exchange, moment)]


def _is_due(exchange: Exchange, now: dt.datetime) -> bool:
    ranking = getattr(exchange, "ranking", None)
    if ranking is None:
        ranking, _made = Ranking.objects.get_or_create(exchange=exchange)
    if ranking.leased_until is not None and ranking.leased_until > now:
        return False
    state = state_of_market(exchange)
    if ranking.computed_at is None:
        return True
    age = now - ranking.computed_at
    if state == ranking.basis:
        return age >= PERIOD
    if state != ranking.seen or ranking.seen_at is None:
        Ranking.objects.filter(pk=ranking.pk).update(seen=state, seen_at=now)
        ranking.seen_at = now
    rested = age >= dt.timedelta(seconds=REST * ranking.seconds)
    return rested and (now - ranking.seen_at >= QUIET or age >= PATIENCE)


def rank_if_due(exchange_id: int, *, now: dt.datetime | None = None) -> bool:
    """Compute the exchange's suggestions if they are due still; tell whether they were written."""
    moment = now or timezone.now()
    exchange = Exchange.objects.select_related("ranking").filter(pk=exchange_id).first()
    return exchange is not None and _is_due(exchange, moment) and rank_exchange(exchange_id, now=moment)


def rank_exchange(exchange_id: int, *, now: dt.datetime | None = None) -> bool:
    """Compute the exchange's suggestions unless another worker does; tell whether they were written."""
    moment = now or timezone.now()
    ranking = _claim(exchange_id, moment)
    if ranking is None:
        return False
    try:
        _compute(ranking, moment)
    except LeaseLost:
        return False
    except (BrokenAnswer, OSError, subprocess.SubprocessError) as error:
        log.error("ranking_broke", exchange=exchange_id, error=type(error).__name__)  # noqa: TRY400 - may name people
        Ranking.objects.filter(pk=ranking.pk, token=ranking.token).update(leased_until=moment + PAUSE)
        return False
    return True


def _claim(exchange_id: int, now: dt.datetime) -> Ranking | None:
    exchange = Exchange.objects.select_related("event").filter(pk=exchange_id).first()
    if exchange is None:
        return None
    Ranking.objects.get_or_create(exchange=exchange)
    free = Ranking.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), exchange=exchange)
    token = uuid.uuid4()
    if not free.update(token=token, leased_until=now + LEASE):
        return None
    ranking = Ranking.objects.get(exchange=exchange)
    ranking.exchange = exchange
    return ranking


def _compute(ranking: Ranking, moment: dt.datetime) -> None:
    exchange, began = ranking.exchange, time.monotonic()
    basis = state_of_market(exchange)
    work = take_market(exchange)
    store = _Store(ranking, work)
    with compared(work) as answer:
        for found in answer:
            store.take(found)
    store.finish()
    renewed = Ranking.objects.filter(pk=ranking.pk, token=ranking.token).update(
        basis=basis,
        computed_at=moment,
        version=ranking.version + 1,
        matcher=store.matcher or ranking.matcher,
        people=len(work.people),
        seconds=round(time.monotonic() - began, 3),
        learnt=store.learnt,
        token=None,
        leased_until=None,
    )
    if renewed and not ranking.version:
        touch(exchange)  # pages that are open show the order by topics still


@contextmanager
def compared(work: Work) -> Iterator[Iterator[Encoded | Habits | Listed]]:
    """Have the work done by another process and yield its answer; what it takes of memory is gone afterwards."""
    known = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG")
    environment = {name: os.environ[name] for name in known if name in os.environ}
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # each would bring memory of its own
    with tempfile.TemporaryFile("w+", encoding="ascii") as question:
        write_work(work, question)
        question.seek(0)
        child = subprocess.Popen(
            [sys.executable, "-m", "matchmaking.ranking.process"],
            stdin=question,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a traceback may hold people's words
            cwd=settings.BASE_DIR,
            env=environment | threads,
            encoding="ascii",
        )
    deadline = threading.Timer(LONGEST, child.kill)
    deadline.start()
    try:
        yield read_answer(_lines(child.stdout))
    finally:
        deadline.cancel()
        child.kill()
        child.communicate()


def _lines(pipe: IO[str] | None) -> Iterable[str]:
    return pipe if pipe is not None else ()


class _Store:
    """Writes what the other process finds, in transactions short enough that nobody waits for one."""

    def __init__(self, ranking: Ranking, work: Work) -> None:
        self.ranking = ranking
        self.exchange = ranking.exchange
        self.items = {item.key: item for one in work.people for item in (*one.offers, *one.needs)}
        self.people = [one.key for one in work.people]
        self.waiting: list[Listed] = []
        self.matcher = ""
        self.learnt: dict[str, object] = {}

    def take(self, found: Encoded | Habits | Listed) -> None:
        """Write vectors at once, lists when there are enough of them."""
        if isinstance(found, Encoded):
            self.matcher = found.matcher
            self._written(lambda: self._write_vectors(found))
        elif isinstance(found, Habits):
            self.learnt = {"weights": dict(found.weights), "answers": found.answers, "better": found.better}
        else:
            self.waiting.append(found)
            if len(self.waiting) >= PROFILES_AT_ONCE:
                self._write_waiting()

    def finish(self) -> None:
        """Write the rest, and drop the lists of those who take part no more."""
        self._write_waiting()
        Suggestion.objects.filter(profile__exchange=self.exchange).exclude(profile__in=self.people).delete()

    def _write_waiting(self) -> None:
        lists, self.waiting = self.waiting, []
        if lists:
            self._written(lambda: self._write_lists(lists))

    def _written(self, write: Callable[[], None]) -> None:
        """Write in one transaction while the work is ours; again when somebody was erased meanwhile."""
        for attempt in range(ATTEMPTS):
            mine = Ranking.objects.filter(pk=self.ranking.pk, token=self.ranking.token)
            if not mine.update(leased_until=timezone.now() + LEASE):
                raise LeaseLost
            try:
                with transaction.atomic():
                    write()
            except IntegrityError:
                if attempt + 1 == ATTEMPTS:
                    raise
            else:
                return

    def _write_vectors(self, found: Encoded) -> None:
        standing = set(Offer.objects.filter(pk__in=list(found.vectors)).values_list("pk", flat=True))
        rows = [
            TextVector(offer_id=key, matcher=found.matcher, digest=digest_of(self.items[key].text), data=data)
            for key, data in found.vectors.items()
            if key in standing
        ]
        TextVector.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["offer"], update_fields=["matcher", "digest", "data"]
        )

    def _write_lists(self, lists: list[Listed]) -> None:
        named = {one.key for one in lists} | {who.candidate.partner for one in lists for who in one.found}
        standing = set(
            ExchangeProfile.objects.filter(exchange=self.exchange, pk__in=named).values_list("pk", flat=True)
        )
        Suggestion.objects.filter(profile__in=[one.key for one in lists]).delete()
        rows = [row for one in lists if one.key in standing for row in self._rows(one, standing)]
        for batch in batched(rows, ROWS_AT_ONCE):
            Suggestion.objects.bulk_create(batch)

    def _rows(self, listed: Listed, standing: set[int]) -> Iterator[Suggestion]:
        present = [one for one in listed.found if one.candidate.partner in standing]
        present.sort(key=lambda one: (-_score(one), one.candidate.partner))
        for rank, one in enumerate(present[:KEPT], start=1):
            who = one.candidate
            hers = {match.offer for match in who.theirs} | {match.need for match in who.ours}
            yield Suggestion(
                profile_id=listed.key,
                partner_id=who.partner,
                rank=rank,
                score=round(_score(one), 4),
                mutual=who.mutual,
                price=one.price,
                kin=one.kin,
                gets=who.gets,
                gives=who.gives,
                theirs=matches_as_json(who.theirs),
                ours=matches_as_json(who.ours),
                topics=sorted({topic for key in hers for topic in self.items[key].topics}),
            )


def _score(one: Found) -> float:
    return discounted(one.candidate.mutual, one.price)
