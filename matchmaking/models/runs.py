"""Runs of the scheduler and the plans they propose."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matchmaking.models.exchanges import Exchange, new_seed
from network.models import Person


class RunState(models.TextChoices):
    """Where a run of the scheduler stands."""

    QUEUED = "queued", _("waits for a worker")
    RUNNING = "running", _("is being solved")
    DONE = "done", _("proposal ready")
    INFEASIBLE = "infeasible", _("cannot be planned")
    FAILED = "failed", _("failed")
    PUBLISHED = "published", _("published")
    DISCARDED = "discarded", _("discarded")


RUN_ACTIVE = (RunState.QUEUED, RunState.RUNNING)


class RunKind(models.TextChoices):
    """What a run is for."""

    PLAN = "plan", _("plan")
    REPAIR = "repair", _("repair with the fewest changes")


class SolverRun(models.Model):
    """One run: what it started from, how far it is, and the plan that it proposes.

    ``best`` and ``bound`` count breaks, ``lost`` and ``bound_lost`` the priority of what has no place.
    ``plan`` lists what differs from the plan of then as ``matchmaking.proposals.Change`` writes it,
    ``unplaced`` what found no place and why, ``problems`` what no plan could do. ``unavoidable`` is, of a
    repair, how many standing meetings no plan leaves where they are. ``basis`` is the exchange's version it
    was made for. ``options`` are ``away`` (participant key to the keys of slots in
    which she is not there), ``fair`` (the most breaks anybody may have above another) and ``reason``.
    ``leased_until`` tells a dead worker's run from one that is being worked on; ``attempts`` is also what
    a worker shows that the run is still its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    exchange = models.ForeignKey(Exchange, models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=RunKind, default=RunKind.PLAN)
    state = models.CharField(max_length=10, choices=RunState, default=RunState.QUEUED)
    seconds = models.PositiveSmallIntegerField(_("seconds at most"), default=60)
    seed = models.PositiveIntegerField(default=new_seed)
    stop_asked = models.BooleanField(default=False)
    basis = models.PositiveIntegerField(default=0)
    wanted = models.PositiveIntegerField(default=0)
    placed = models.PositiveIntegerField(default=0)
    best = models.PositiveIntegerField(null=True, blank=True)
    bound = models.PositiveIntegerField(null=True, blank=True)
    lost = models.PositiveIntegerField(null=True, blank=True)
    bound_lost = models.PositiveIntegerField(null=True, blank=True)
    stage = models.CharField(max_length=10, blank=True)
    is_proven = models.BooleanField(default=False)
    breaks_before = models.PositiveIntegerField(null=True, blank=True)
    options = models.JSONField(default=dict)
    plan = models.JSONField(default=list)
    unavoidable = models.PositiveIntegerField(null=True, blank=True)
    unplaced = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("run of the scheduler")
        verbose_name_plural = _("runs of the scheduler")
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("exchange",), name="one_run_at_a_time", condition=models.Q(state__in=RUN_ACTIVE)
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RunState.values), name="solver_run_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exchange} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_active(self) -> bool:
        """Tell whether it waits for a worker or is being worked on."""
        return self.state in RUN_ACTIVE

    @property
    def left_out(self) -> int:
        """How many meetings found no place."""
        return self.wanted - self.placed

    @property
    def gap(self) -> int | None:
        """How many breaks the best plan has above what is proved to be the least."""
        if self.best is None or self.bound is None:
            return None
        return max(0, self.best - self.bound)
