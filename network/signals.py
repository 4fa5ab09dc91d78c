"""What the ground floor asks and tells the floors above it."""

from django.dispatch import Signal

# Asked with ``person``: receivers return True when her name stands in something published.
person_named_in_public = Signal()
# Asked with ``person``: receivers return what they keep about her, title to plain JSON.
personal_data_asked = Signal()
# Told with ``person`` in the transaction that erases her account: receivers delete what is hers alone.
person_erased = Signal()
# Asked with ``person``: receivers return what her own page lists, a ``network.account_page.Part`` or None.
account_page_asked = Signal()
