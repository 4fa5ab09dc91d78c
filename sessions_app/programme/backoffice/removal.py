"""Removing an event: what goes with it is said before; a published one is hidden instead."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from network.backoffice.policies import is_operator
from sessions_app.events.models import Event
from sessions_app.events.services import save_event
from sessions_app.programme.backoffice.scope import own_events
from sessions_app.programme.queries import releases
from sessions_app.programme.services.deleting import (
    EventIsHeldError,
    EventIsPublishedError,
    belongings_of,
    delete_event,
)


class EventRemovalView(WagtailAdminTemplateMixin, TemplateView):
    """Names what goes with an event and deletes it, or hides one that was published; for operators."""

    template_name = "backoffice/event_delete.html"
    page_title = gettext_lazy("Delete or hide")
    header_icon = "bin"
    event: Event

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the event; to its team say whose business this is, to others nothing."""
        super().setup(request, *args, **kwargs)
        known = Event.objects.all() if is_operator(request.user) else own_events(request)
        found = known.filter(slug=kwargs["slug"]).first()
        if found is None:
            raise Http404
        self.event = found

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Keep the team out."""
        if not is_operator(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        """Name the event."""
        return str(self.event)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back to the events."""
        events = {"url": reverse("events:index"), "label": _("Events")}
        return [*self.breadcrumbs_items, events, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Tell what is possible."""
        found = belongings_of(self.event)
        return {
            **super().get_context_data(**kwargs),
            "event": self.event,
            "releases": releases(self.event).count(),
            "held_by": found.held_by,
            "goes": [
                (capfirst(str(model._meta.verbose_name_plural)), count) for model, count in found.counts
            ],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the pressed button says."""
        if request.POST.get("act") == "hide":
            self.event.is_public = False
            save_event(event=self.event, actor=request.user)
            messages.success(
                request, _("“%(event)s” is hidden: only its team sees it.") % {"event": self.event}
            )
            return redirect("events:index")
        try:
            delete_event(event=self.event, actor=request.user)
        except EventIsPublishedError:
            messages.error(request, _("The event has been released meanwhile: nothing was deleted."))
        except EventIsHeldError:
            messages.error(request, _("Something else names the event: nothing was deleted."))
        else:
            messages.success(request, _("“%(event)s” is deleted.") % {"event": self.event})
            return redirect("events:index")
        return self.render_to_response(self.get_context_data())
