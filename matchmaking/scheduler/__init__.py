"""The scheduler of the business contacts exchange: plain data in, a checked plan out; no Django, no database.

::

    instance = Instance(days=((0, 1, 2), (3, 4, 5)), tables=(Table(key=1),), people=(Person(key=7), …),
                        meetings=(Meeting(key=1, people=(7, 8), optional=True, priority=2), …),
                        max_break_difference=2)
    result = solve(instance, seconds=60, seed=1, should_stop=…, on_progress=…)
    result.status        # optimal, feasible, infeasible or unknown
    result.plan.places   # meeting key → Place(slot, table); a missing key is explained in result.unplaced
    result.score, result.bound, result.gap   # lost priority, breaks, table changes: less is better

- ``model`` holds the data classes that everything else speaks; keys are the caller's own ints.
- ``check.check(instance)`` names contradictions as ``Problem`` with a code; ``solve`` raises
  ``MalformedInstance`` for those of no sense and answers ``infeasible`` for those that are proofs.
- ``verify.verify(instance, plan)`` judges a plan and shares no code with what makes plans.
- ``bounds.find_bounds(grid)`` counts what no plan can do better.
- ``solving.solve`` is the way in: greedy, Kempe chains, annealing, and CP-SAT for the proof. A plan is called optimal
  where it meets the bounds or CP-SAT proves it. The same seed gives the same plan unless the clock cuts a run short.
- ``formats`` reads and writes the JSON of instances and plans.

A web process calls ``check``, ``verify`` and ``bounds`` only.
"""
