"""Four gates that send what they scanned without a network, in any order, three times, while they are killed.

A gate is a process of its own that holds both ends of the wire: when it is killed, the server dies within a
transaction, or after the commit and before the gate has heard of it. Like a door it keeps what was not
acknowledged, and sends it again.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import time
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from django.test import Client
from django.utils import timezone

from sessions_app.admission.models import Gate, Scan
from sessions_app.admission.queries import valid_ticket
from sessions_app.admission.services.ticketing import block_ticket, code_of, issue_tickets, replace_ticket
from sessions_app.events.models import Event
from sessions_app.events.tokens import create_token
from sessions_app.registration.models import Registration
from tests.factories import make_open_event
from tests.faults.forked import begin

GATES = 4
SENDINGS = 3


@dataclass(frozen=True)
class Storm:
    """An event, what each of its gates has scanned, and what the server must answer to codes that open nothing."""

    event: Event
    secret: str
    scans: list[list[dict[str, Any]]]
    refused: dict[str, str]

    @property
    def all(self) -> list[dict[str, Any]]:
        """All scans of all gates."""
        return [scan for gate in self.scans for scan in gate]

    def entries(self) -> set[str]:
        """Return the nonces that are entries when the earliest scan of each good code is."""
        best: dict[str, tuple[str, str]] = {}
        for scan in self.all:
            if scan["code"] not in self.refused:
                found = (scan["at"], scan["nonce"])
                best[scan["code"]] = min(best.get(scan["code"], found), found)
        return {nonce for _at, nonce in best.values()}


def make_storm(*, per_gate: int, seed: int) -> Storm:
    """Make guests, of whom some may not come in, and let each gate scan some of them, some of them again."""
    chance = random.Random(seed)
    event, category = make_open_event()
    now = timezone.now()
    guests = Registration.objects.bulk_create(
        Registration(event=event, category=category, name=f"Guest {n}", state="confirmed", confirmed_at=now)
        for n in range(per_gate)
    )
    issue_tickets(event=event, registrations=guests)
    codes = [code_of(ticket) for ticket in event.tickets.select_related("key").order_by("pk")]
    refused = {codes[0]: "revoked", codes[1]: "blocked", codes[2]: "cancelled", "P1" + "A" * 125: "invalid"}
    replace_ticket(registration=guests[0], actor=None, reason="Lost")
    ticket = valid_ticket(guests[1])
    assert ticket is not None
    block_ticket(ticket=ticket, actor=None, reason="Ask at the desk")
    Registration.objects.filter(pk=guests[2].pk).update(state="cancelled")
    _token, secret = create_token(event=event, actor=None, name="Door", scopes=["admission.redeem"])
    began = now - dt.timedelta(hours=1)
    scans = []
    for gate in range(GATES):
        Gate.objects.create(event=event, slug=f"gate-{gate}", name_en=f"Gate {gate}")
        scans.append(
            [
                {
                    "code": chance.choice([*codes, *refused]),
                    "nonce": f"{gate}-{number}",
                    "gate": f"gate-{gate}",
                    # Few moments for many scans, so that some fall together.
                    "at": (began + dt.timedelta(seconds=chance.randrange(per_gate))).isoformat(),
                }
                for number in range(per_gate)
            ]
        )
    return Storm(event, secret, scans, refused)


def rage(storm: Storm, folder: Path, *, kills: int, pause: tuple[float, float], seed: int, batch: int) -> int:
    """Let all gates send everything, kill so many of them meanwhile; return how many were killed at work."""
    chance, killed = random.Random(seed), 0

    def open_gate(gate: int) -> BaseProcess:
        return begin(send, storm, gate, folder / f"gate-{gate}", seed, batch)

    running = {gate: open_gate(gate) for gate in range(GATES)}
    for _kill in range(kills):
        time.sleep(chance.uniform(*pause))
        gate = chance.randrange(GATES)
        if running[gate].is_alive():
            running[gate].kill()
            killed += 1
            running[gate].join()
            running[gate] = open_gate(gate)
    for gate, process in running.items():
        process.join()
        assert process.exitcode == 0, f"gate {gate}"
    return killed


def send(storm: Storm, gate: int, acknowledged: Path, seed: int, batch: int) -> None:
    """Send a gate's scans, shuffled anew for each sending; go on after what was acknowledged."""
    client, order = Client(), random.Random(seed + gate)
    address = f"/api/v1/events/{storm.event.slug}/admission/scans"
    parts = []
    for _sending in range(SENDINGS):
        mixed = order.sample(storm.scans[gate], len(storm.scans[gate]))
        parts += [mixed[start : start + batch] for start in range(0, len(mixed), batch)]
    done = len(acknowledged.read_bytes()) if acknowledged.exists() else 0
    with acknowledged.open("ab", buffering=0) as note:
        for part in parts[done:]:
            status = 503
            while status == 503:  # others hold the tickets: doors try again
                answer = client.post(
                    address,
                    json.dumps({"scans": part}),
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {storm.secret}"},
                )
                status = answer.status_code
            assert status == 200, answer.content
            note.write(b".")


def assert_equals_the_model(storm: Storm) -> None:
    """Nothing is lost, nothing is there twice, and each ticket's earliest scan is its entry."""
    rows = list(Scan.objects.filter(event=storm.event).select_related("gate"))
    sent = {scan["nonce"]: scan for scan in storm.all}
    assert sorted(row.nonce for row in rows) == sorted(sent)
    assert {row.nonce for row in rows if row.is_entry} == storm.entries()
    for row in rows:
        scan = sent[row.nonce]
        told = (row.result, row.gate.slug if row.gate else "", row.at, row.is_flagged)
        moment = dt.datetime.fromisoformat(scan["at"])
        assert told == (storm.refused.get(scan["code"], "ok"), scan["gate"], moment, not row.is_entry), scan
