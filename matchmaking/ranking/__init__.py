"""Whom a participant of the exchange should meet: plain data in, ranked suggestions out; no Django, no database.

::

    people = {one.key: one for one in participants}              # model.Participant
    found = suggest(reader, kept, people, Rules(asking=Asking.OTHER_CLUSTER), prices=prices, most=20)
    found[0].partner, found[0].reasons, found[0].common          # key, codes with parameters, free slots

What is computed when, and what is kept:

1. *An offer or need was written* (a worker): ``text.best_matcher().vectors([text])``. Kept: about 1 KB per
   item, with the matcher's name; under another name it is made anew.
2. *Some seconds after profiles, offers or rules changed, many changes at once* (a worker): all pairs by
   ``batch.compare_everybody(people, vectors, matcher, rules)``, then ``balance.balance(kept)``. Kept: for each
   participant her candidates (``kept.candidates()``, sixty or some more) as one JSON, and her price, one
   number. 5,000 people take 25 s of CPU and 0.5 GB. There is no cheaper way for a single profile: likeness of
   texts depends on all of them, and half a minute later the lists are right.
3. *A page is shown* (the web process, no numpy): ``scoring.suggest`` over what is kept, with the kept
   candidates' participants as they are now. Blocks, requests, free slots and "not for me"
   (``scoring.feedback_about``) work there, hence at once. Somebody for whom nothing is kept yet gets
   ``affinity.compare_all`` over all participants, which knows what was ticked and not what was written.

A web process imports ``model``, ``affinity``, ``scoring`` and ``reasons`` only. ``crowd``, ``batch``, ``balance``,
``text_encoder`` and ``bench`` need numpy; ``text_stems`` needs none and is used where the encoder is missing.
``measures``, ``simulation`` and ``bench.bench(folder)`` say what the suggestions are worth and cost.
"""
