"""Whom a participant of the exchange should meet: plain data in, ranked suggestions out; no Django, no database.

::

    people = {one.key: one for one in participants}              # model.Participant
    found = suggest(reader, kept, people, Rules(asking=Asking.OTHER_CLUSTER), prices=prices, most=20)
    found[0].partner, found[0].reasons, found[0].common          # key, codes with parameters, free slots

What is computed when, and what is kept:

1. *An offer or need was written* (a worker): ``text`` turns its words into bytes. Kept: one row per text.
2. *Every few minutes if something changed, and at the opening* (a worker): all pairs are compared, the best
   kept as ``Candidate`` per participant, and exposure balanced. Kept: the candidates of each participant as
   one JSON, and her price, one number.
3. *She changed her own profile* (a worker, at once): her candidates alone.
4. *A page is shown* (the web process, no numpy): ``scoring.suggest`` over what is kept. Blocks, requests,
   free slots and "not for me" work there, hence at once. Somebody for whom nothing is kept yet gets
   ``affinity.compare_all`` over all participants, which knows what was ticked and not what was written.
"""
