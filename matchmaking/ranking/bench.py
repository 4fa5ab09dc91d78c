"""What the suggestions are worth and cost, as numbers: found texts, reciprocity, spread, seconds; workers only."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np

from matchmaking.ranking import affinity, measures
from matchmaking.ranking.affinity import compare_all
from matchmaking.ranking.balance import TOP, balance
from matchmaking.ranking.batch import Kept, compare_everybody, mutual_row
from matchmaking.ranking.model import Asking, Participant, Rules
from matchmaking.ranking.scoring import discounted, suggest
from matchmaking.ranking.simulation import Event, Pairs, read_pairs, simulate
from matchmaking.ranking.text import TextMatcher, best_matcher
from matchmaking.ranking.text_stems import StemMatcher

RULES = Rules(asking=Asking.OTHER_CLUSTER)
_READERS = 200

type Numbers = dict[str, float]


def bench(data: Path, *, people: int = 5000, page_people: int = 2000, seed: int = 1) -> dict[str, object]:
    """Return all measures by name; ``data`` is the folder of ``pairs.toml`` and ``pairs_reworded.toml``."""
    pairs, reworded = read_pairs(data / "pairs.toml"), read_pairs(data / "pairs_reworded.toml")
    encoder, stems = best_matcher(), StemMatcher()
    return {
        "matcher": encoder.name,
        "texts": found_texts(encoder, pairs),
        "texts_reworded": found_texts(encoder, reworded),
        "texts_reworded_topics": found_texts(encoder, reworded, by_topic=True),
        "fallback_texts": found_texts(stems, pairs),
        "fallback_texts_reworded": found_texts(stems, reworded),
        "event": judged_events(encoder, pairs, seed),
        "event_reworded": judged_events(encoder, reworded, seed),
        "fallback_event": judged_events(stems, pairs, seed),
        "page": timed_page(encoder, simulate(pairs.pairs, people=page_people, seed=seed)),
        "everybody": timed_batch(encoder, simulate(pairs.pairs, people=people, seed=seed)),
    }


def found_texts(matcher: TextMatcher, known: Pairs, *, by_topic: bool = False) -> Numbers:
    """Return how well needs in both languages find both versions of the right offer among all in both.

    ``recall_at_5`` counts both versions, ``hit_at_5`` any. With ``by_topic`` both sides ticked the topic
    too, which counts as in ``affinity.fit``; near-misses are of no topic then.
    """
    needs = [(number, text) for number, pair in enumerate(known.pairs) for text in pair.need]
    offers = [(number, text) for number, pair in enumerate(known.pairs) for text in pair.offer]
    offers += [(-1, text) for row in known.near for text in row]
    rows = matcher.rows(
        matcher.vectors([text for _n, text in needs]), matcher.vectors([text for _n, text in offers])
    )
    recalls, ranks, hits = [], [], []
    for (number, _text), row in zip(needs, rows, strict=True):
        right = {at for at, (other, _words) in enumerate(offers) if other == number}
        ticked = [by_topic and other >= 0 and known.same_topic(number, other) for other, _words in offers]
        order = _order([_found(float(alike), same) for alike, same in zip(row, ticked, strict=True)], right)
        recalls.append(measures.recall_at(order, right, 5))
        ranks.append(measures.reciprocal_rank(order, right))
        hits.append(float(bool(right & {*order[:5]})))
    return {
        "pairs": len(known.pairs),
        "recall_at_5": _mean(recalls),
        "mrr": _mean(ranks),
        "hit_at_5": _mean(hits),
    }


def _found(alike: float, same_topic: bool) -> float:
    return 1 - (1 - affinity.WORDS * alike) * (1 - affinity.TOPICS * same_topic)


def _order(scores: Sequence[float], right: Collection[int]) -> list[int]:
    """Return positions, the best first; of equals those that are right come last, so that luck finds none."""
    return sorted(range(len(scores)), key=lambda at: (-scores[at], at in right, at))


def judged_events(matcher: TextMatcher, known: Pairs, seed: int, *, people: int = 400) -> Numbers:
    """Return the means of ``judged_event`` over three events, since one alone is much by chance."""
    events = [simulate(known.pairs, people=people, seed=seed + more) for more in range(3)]
    judged = [judged_event(matcher, event) for event in events]
    means = {name: _mean([one[name] for one in judged]) for name in judged[0]}
    return means | {
        "reciprocal_over_one_sided": means["ndcg_at_5_reciprocal"] / means["ndcg_at_5_one_sided"] - 1
    }


def judged_event(matcher: TextMatcher, event: Event) -> Numbers:
    """Return how well lists tell who both want to meet (nDCG@5), and how evenly they show people.

    One-sided lists follow the reader's gain alone. Balanced ones are what pages show.
    """
    kept = _kept(matcher, event)
    crowd = kept.gains.crowd
    prices = balance(kept)
    price_row = np.array([prices[one.key] for one in kept.people])
    readers = Random(event.seed).sample(range(len(event.people)), min(_READERS, len(event.people)))  # noqa: S311
    judged: dict[str, list[float]] = {"random": [], "one_sided": [], "reciprocal": [], "balanced": []}
    for reader in readers:
        allowed = np.flatnonzero(crowd.may_be_asked(reader, RULES.asking))
        truth = [event.success(reader, int(other)) for other in allowed]
        mutual = mutual_row(kept.gains, reader)[allowed]
        own = (kept.gains.gain[reader] * crowd.nearness(reader))[allowed]
        chance = np.random.default_rng(reader).random(len(allowed))
        scores = {
            "random": chance,
            "one_sided": own,
            "reciprocal": mutual,
            "balanced": mutual * (1 - price_row[allowed]),
        }
        for name, row in scores.items():
            order = np.lexsort((chance, -row))[:TOP]
            judged[name].append(measures.ndcg_at([truth[at] for at in order], truth, 5))
    return {f"ndcg_at_5_{name}": _mean(values) for name, values in judged.items()} | {
        **_spread(kept, {}, "unbalanced_"),
        **_spread(kept, prices, ""),
    }


def _spread(kept: Kept, prices: Mapping[int, float], prefix: str) -> Numbers:
    people = {one.key: one for one in kept.people}
    lists = []
    for partners, mutual in zip(kept.partners, kept.mutual, strict=True):
        rows = [
            (-discounted(float(gain), prices.get(kept.people[other].key, 0.0)), kept.people[other].key)
            for other, gain in zip(partners, mutual, strict=True)
        ]
        lists.append([key for _score, key in sorted(rows)[:TOP]])
    shown = measures.exposure(lists, people, TOP)
    new = [shown[key] for key, one in people.items() if one.is_new]
    return {
        f"{prefix}coverage_at_10": measures.coverage(shown.values()),
        f"{prefix}gini_at_10": measures.gini(shown.values()),
        f"{prefix}newcomers_share": _mean(new) / _mean(list(shown.values())) if new else 0.0,
    }


def timed_page(matcher: TextMatcher, event: Event, *, times: int = 200) -> Numbers:
    """Return what the first twenty cost on a page: from what is kept, and for somebody for whom nothing is yet."""
    kept = _kept(matcher, event)
    prices, people = balance(kept), {one.key: one for one in event.people}
    stored = dict(islice(kept.candidates(), times))
    readers = [people[key] for key in stored]
    suggest(readers[0], stored[readers[0].key], people, RULES, prices=prices)  # the first call warms up
    from_kept = _milliseconds(
        lambda reader: suggest(reader, stored[reader.key], people, RULES, prices=prices), readers
    )
    by_tags = _milliseconds(
        lambda reader: suggest(reader, compare_all(reader, event.people), people, RULES, prices=prices),
        readers[:40],
    )
    return {
        "people": len(people),
        "p95_ms": _p95([wall for wall, _cpu in from_kept]),
        "p95_cpu_ms": _p95([cpu for _wall, cpu in from_kept]),
        "p95_ms_nothing_kept": _p95([wall for wall, _cpu in by_tags]),
        "p95_cpu_ms_nothing_kept": _p95([cpu for _wall, cpu in by_tags]),
    }


def timed_batch(matcher: TextMatcher, event: Event) -> Numbers:
    """Return the seconds, of CPU and of the clock, for everybody: texts, pairs, what is kept, balance."""
    marks = [(time.perf_counter(), time.process_time())]
    vectors = vectors_of(matcher, event.people)
    marks.append((time.perf_counter(), time.process_time()))
    kept = compare_everybody(event.people, vectors, matcher, RULES)
    prices = balance(kept)
    marks.append((time.perf_counter(), time.process_time()))
    written = sum(len(candidates) for _key, candidates in kept.candidates())
    marks.append((time.perf_counter(), time.process_time()))
    return {
        "people": len(prices),
        "texts": len(vectors),
        "candidates": written,
        "texts_seconds": marks[1][0] - marks[0][0],
        "texts_cpu_seconds": marks[1][1] - marks[0][1],
        "recompute_seconds": marks[3][0] - marks[1][0],
        "recompute_cpu_seconds": marks[3][1] - marks[1][1],
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        **_spread(kept, prices, ""),
    }


def vectors_of(matcher: TextMatcher, people: Iterable[Participant]) -> dict[int, bytes]:
    """Return the vector of each need and offer by its key; an item without words has none."""
    texts = {item.key: item.text for one in people for item in (*one.needs, *one.offers) if item.text}
    return dict(zip(texts, matcher.vectors(list(texts.values())), strict=True))


def _kept(matcher: TextMatcher, event: Event) -> Kept:
    return compare_everybody(event.people, vectors_of(matcher, event.people), matcher, RULES)


def _milliseconds(
    work: Callable[[Participant], object], readers: Iterable[Participant]
) -> list[tuple[float, float]]:
    """Return for each reader what the work took, by the clock and of CPU."""
    spent = []
    for reader in readers:
        began, used = time.perf_counter(), time.process_time()
        work(reader)
        spent.append(((time.perf_counter() - began) * 1000, (time.process_time() - used) * 1000))
    return spent


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else values[0]


def _mean(values: Sequence[float]) -> float:
    return float(statistics.fmean(values)) if values else 0.0
