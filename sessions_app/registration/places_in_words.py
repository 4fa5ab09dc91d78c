"""How many places are left, as people read it."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions_app.registration.models import Category, Choice, Quota


def is_full(quota: Quota | None, queued: Collection[int]) -> bool:
    """Tell whether somebody who comes now gets no place; ``queued`` holds the quotas in which people wait."""
    return quota is not None and (quota.free < 1 or quota.pk in queued)


def places_left(quota: Quota | None, queued: Collection[int], *, has_waiting_list: bool) -> str:
    """Return "12 places left", "full, waiting list" or "full"; empty where there is no limit."""
    if quota is None:
        return ""
    if is_full(quota, queued):
        return _("full, waiting list") if has_waiting_list else _("full")
    return ngettext("%(count)d place left", "%(count)d places left", quota.free) % {"count": quota.free}


def of_category(category: Category, queued: Collection[int]) -> str:
    """Return the places of a category in words."""
    return places_left(category.quota, queued, has_waiting_list=category.has_waiting_list)


def of_choice(choice: Choice) -> str:
    """Return the places of an answer to choose in words; nobody waits for those."""
    return places_left(choice.quota, (), has_waiting_list=False)
