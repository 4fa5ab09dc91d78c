"""Whom a participant of the exchange should meet: plain data in, ranked suggestions out; no Django, no database.

::

    people = {one.key: one for one in participants}              # model.Participant
    found = suggest(reader, kept, people, Rules(asking=Asking.OTHER_CLUSTER), prices=prices, most=20)
    found[0].partner, found[0].reasons, found[0].common          # key, codes with parameters, free slots

What is computed when, and what is kept:

1. *An offer or need was written* (``process``): ``text.best_matcher().vectors([text])``. Kept: about 1 KB per
   item, with the matcher's name; under another name it is made anew.
2. *Some seconds after profiles, offers or rules changed, many changes at once* (``process``, a process of its
   own that a worker starts, so that its memory is free again; ``wire`` is how the two talk): all pairs by
   ``batch.compare_everybody(people, vectors, matcher, rules)``, then ``balance.balance(kept)``. Kept: for each
   participant her candidates (``kept.candidates()``, sixty or some more), each with her price, one number,
   and what answers have taught (``learning``). 5,000 people take 15 s of CPU and 0.6 GB. There is no cheaper
   way for a single profile: likeness of texts depends on all of them, and half a minute later the lists are
   right.
3. *A page is shown* (the web process, no numpy): what is kept, in the order of ``scoring.discounted`` with
   ``scoring.taste`` and what ``scoring.feedback_about`` makes of a "not for me", hence at once, and the reasons
   of ``reasons.reasons_for``. Who may be shown is asked of the database. ``scoring.suggest`` does all of it
   over plain data.

A web process imports ``model``, ``scoring``, ``reasons`` and ``wire`` only. ``crowd``, ``batch``, ``balance``,
``text_encoder``, ``text_words`` and ``bench`` need numpy; ``text_stems`` needs none and is used where the encoder
is missing. ``measures``, ``simulation`` and ``bench.bench(folder)`` say what the suggestions are worth and cost.
"""
