"""Reads of what an event's archive shows to everybody."""

from __future__ import annotations

from django.core.cache import cache

from media_archive.models import Access, Cut, CutState
from media_archive.queries.elsewhere import with_film
from media_archive.queries.visible import out

REMEMBERED = 30  # seconds
_SITE_KEY = "recordings:site-menu"


def is_in_menu(event_id: int) -> bool:
    """Tell whether the event's menu names its recordings: once one is published, or waits for its moment; one query."""
    shown = Cut.objects.filter(event=event_id, state=CutState.PUBLISHED)
    return shown.exclude(access=Access.LINK).exists()


def is_in_site_menu() -> bool:
    """Tell whether the site's menu names recordings: once one for everybody is published, or waits for its moment; one query."""
    return Cut.objects.filter(event__is_public=True, state=CutState.PUBLISHED, access=Access.PUBLIC).exists()


def menu_names_recordings(event_id: int) -> bool:
    """Return the same for pages, each of which has a menu: remembered for some seconds."""
    return bool(cache.get_or_set(_key(event_id), lambda: is_in_menu(event_id), REMEMBERED))


def site_menu_names_recordings() -> bool:
    """Return ``is_in_site_menu`` for pages, as ``menu_names_recordings`` does."""
    return bool(cache.get_or_set(_SITE_KEY, is_in_site_menu, REMEMBERED))


def forget_menus(event_id: int) -> None:
    """Have the next page look again."""
    cache.delete_many([_key(event_id), _SITE_KEY])


def sessions_out(event_id: int) -> dict[str, str]:
    """Return session codes to the codes of their recordings that viewers know of, for pages: remembered for some seconds."""
    found = cache.get_or_set(_sessions_key(event_id), lambda: _sessions_out(event_id), REMEMBERED)
    return found or {}


def forget_sessions(event_id: int) -> None:
    """Have the next page look again which sessions can be watched."""
    cache.delete(_sessions_key(event_id))


def _sessions_out(event_id: int) -> dict[str, str]:
    known = out().filter(event=event_id, session__isnull=False).exclude(access=Access.LINK)
    return dict(known.order_by("session__code").values_list("session__code", "code"))


def _sessions_key(event_id: int) -> str:
    return f"sessions-with-recordings:{event_id}"


def _key(event_id: int) -> str:
    return f"recordings-in-menu:{event_id}"


def public_cuts(event_id: int, *, most: int) -> list[Cut]:
    """Return the event's first cuts of sessions that everybody may watch now; one query."""
    found = Cut.objects.filter(event=event_id, state=CutState.PUBLISHED, access=Access.PUBLIC).exclude(
        title=""
    )
    ordered = with_film(found).select_related("recording").order_by("recording__date", "start_ms")
    return [cut for cut in ordered if cut.is_out()][:most]
