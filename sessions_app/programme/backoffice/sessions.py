"""Sessions in the back office: list, forms, withdrawal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages as plain_messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.admin.ui.tables import BaseColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button, HeaderButton

from network.backoffice.controls import RowsPanel
from network.backoffice.viewsets import PlainIndexView, PlainViewSet, SavingMixin
from sessions_app.events.models import Event
from sessions_app.programme.backoffice.filters import SessionFilter, clashing_guids
from sessions_app.programme.backoffice.scope import own_events, own_sessions
from sessions_app.programme.backoffice.wording import ClashLine, Wording
from sessions_app.programme.forms import MaterialForm, SessionForm
from sessions_app.programme.models import Session, SessionRole, SessionState
from sessions_app.programme.queries import draft_clashes, released_schedule
from sessions_app.programme.schedule import zones
from sessions_app.programme.services.editing import (
    save_session,
)

MANY_EVENTS = 20


class WhenColumn(BaseColumn):
    """Local date and time, with the event's zone in words."""

    cell_template_name = "backoffice/when_cell.html"

    def get_cell_context_data(self, instance: Session, parent_context: Any) -> dict[str, Any]:
        """Turn the instants into the event's local times."""
        context = super().get_cell_context_data(instance, parent_context)
        zone = instance.event.zone
        if instance.start and instance.end:
            context["start"] = zones.local(instance.start, zone)
            context["end"] = zones.local(instance.end, zone)
            context["offset"] = zones.offset_in_words(instance.start, zone)
        return context


class StateColumn(BaseColumn):
    """The state in words, and whether the session clashes."""

    cell_template_name = "backoffice/state_cell.html"

    def get_cell_context_data(self, instance: Session, parent_context: Any) -> dict[str, Any]:
        """Tell whether the session clashes."""
        context = super().get_cell_context_data(instance, parent_context)
        view = parent_context.get("view")
        context["clashes"] = bool(view) and (instance.event_id, instance.guid) in view.clashing
        return context


class SessionIndexView(PlainIndexView):
    """List of the sessions of the viewer's events."""

    page_title = gettext_lazy("Sessions")

    def get_base_queryset(self) -> QuerySet[Session]:
        """Return the sessions with what the list shows."""
        roles = SessionRole.objects.select_related("person")
        return (
            own_sessions(self.request)
            .select_related("event", "room", "track")
            .prefetch_related(Prefetch("roles", roles))
        )

    @cached_property
    def chosen_event(self) -> Event | None:
        """The event that the list is narrowed to, or the viewer's only one."""
        events = list(own_events(self.request)[:2])
        if len(events) == 1:
            return events[0]
        chosen = self.request.GET.get("event", "")
        return own_events(self.request).filter(pk=chosen).first() if chosen.isdigit() else None

    @cached_property
    def clashing(self) -> set[Any]:
        """Event id and guid of the sessions that clash, of the chosen event or of the viewer's newest ones."""
        events = [self.chosen_event] if self.chosen_event else own_events(self.request)[:MANY_EVENTS]
        return {(event.pk, guid) for event in events for guid in clashing_guids(event)}

    @cached_property
    def columns(self) -> list[BaseColumn]:
        """Time, title, room, people, state; the event where there are several."""
        columns = [
            WhenColumn("start", label=_("When"), sort_key="start", width="16%"),
            self._get_title_column("__str__"),
            Column("room", label=_("Room"), accessor=lambda row: row.room or ""),
            Column("people", label=_("People"), accessor=_people),
            StateColumn("state", label=_("State"), sort_key="state"),
        ]
        if not self.chosen_event:
            columns.insert(2, Column("event", label=_("Event")))
        return columns

    def get_add_url(self) -> str:
        """Carry the chosen event on to the empty form."""
        url = reverse("sessions:add")
        return f"{url}?event={self.chosen_event.slug}" if self.chosen_event else url


def _people(session: Session) -> str:
    return ", ".join(dict.fromkeys(role.person.name for role in session.roles.all()))


class SessionSaving(SavingMixin):
    """Saves through the service, and says which clashes there are now."""

    request: HttpRequest
    object: Session
    template_name = "backoffice/session_form.html"

    def save(self, form: SessionForm) -> Session:
        """Save the session with its roles, materials and files."""
        session = save_session(
            session=form.instance,
            actor=self.request.user,
            files=form.new_files(),
            seen=form.cleaned_data.get("seen"),
        )
        for line in self.clash_lines(session):
            plain_messages.warning(
                self.request, f"{line.kind}: {line.sentence} {line.other.title if line.other else ''}"
            )
        return session

    def clash_lines(self, session: Session) -> list[ClashLine]:
        """Return the session's clashes in words."""
        return Wording(session.event).clashes_of(session, draft_clashes(session.event))

    def get_success_url(self) -> str:
        """Return to the form, where clashes stand at the top."""
        return reverse("sessions:edit", args=(self.object.pk,))

    def get_success_buttons(self) -> list[Any]:
        """Lead on to the next session."""
        url = f"{reverse('sessions:add')}?event={self.object.event.slug}"
        return [messages.button(url, _("Add another session"))]

    def trail(self, event: Event, label: str) -> list[dict[str, Any]]:
        """Return the way back over the event's programme and its sessions."""
        return [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("backoffice_hub", args=(event.slug,)), "label": str(event)},
            {"url": f"{reverse('sessions:index')}?event={event.pk}", "label": _("Sessions")},
            {"url": "", "label": label},
        ]


class SessionCreateView(SessionSaving, generic.CreateView):
    """New session of the event in the address."""

    page_title = gettext_lazy("New session")
    event: Event

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for the event where it is not clear."""
        events = own_events(request)
        slug = request.GET.get("event")
        if slug:
            self.event = get_object_or_404(events, slug=slug)
        else:
            found = list(events.order_by("-pk")[:50])
            if not found:
                raise PermissionDenied
            if len(found) > 1:
                return render(
                    request, "backoffice/choose_event.html", {"events": found, "page_title": _("New session")}
                )
            self.event = found[0]
        return super().dispatch(request, *args, **kwargs)

    def get_initial_form_instance(self) -> Session:
        """Return an empty session of the event, at the time in the address."""
        session = Session(event=self.event)
        day = self._day()
        if day:
            try:
                session.start = zones.to_utc(
                    dt.datetime.combine(day.date, day.opens), self.event.zone, fold=0
                )
            except zones.NonexistentTime:
                return session
            session.end = session.start + dt.timedelta(hours=1)
        return session

    def _day(self) -> Any:
        try:
            date = dt.date.fromisoformat(self.request.GET.get("day", ""))
        except ValueError:
            return None
        return self.event.days.filter(date=date).first()

    def get_add_url(self) -> str:
        """Keep the event in the form's address."""
        return f"{reverse('sessions:add')}?event={self.event.slug}"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back."""
        return self.trail(self.event, _("New session"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the event."""
        return {**super().get_context_data(**kwargs), "event": self.event, "clashes": []}


class SessionEditView(SessionSaving, generic.EditView):
    """Edit a session."""

    def get_queryset(self) -> QuerySet[Session]:
        """Return the sessions of the viewer's events; others are not found."""
        return own_sessions(self.request).select_related("event", "room", "track")

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back."""
        return self.trail(self.object.event, str(self.object))

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Withdraw, put back, delete."""
        withdrawn = self.object.state == SessionState.WITHDRAWN
        url = reverse("backoffice_session_withdraw", args=(self.object.pk,))
        label = _("Put back or delete") if withdrawn else _("Withdraw or delete")
        return [Button(label, url=url, icon_name="bin", priority=20)]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead to the preview, and to the public page where the session is released."""
        event, session = self.object.event, self.object
        buttons = []
        if session.start and session.state != SessionState.WITHDRAWN:
            url = reverse("backoffice_session_preview", args=(session.pk,))
            buttons.append(HeaderButton(_("Preview"), url=url, icon_name="view", priority=10))
        released = released_schedule(event) if event.is_public else None
        if released and any(item.guid == session.guid for item in released.sessions):
            url = f"/events/{event.slug}/sessions/{session.code}/"
            buttons.append(HeaderButton(_("Public page"), url=url, icon_name="link-external", priority=20))
        return buttons

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the clashes that stand above the form."""
        context = super().get_context_data(**kwargs)
        context["event"] = self.object.event
        context["clashes"] = self.clash_lines(Session.objects.select_related("event").get(pk=self.object.pk))
        return context


CONTENT = ObjectList(
    [
        FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_ru")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("start"), FieldPanel("end")]),
                FieldRowPanel([FieldPanel("room"), FieldPanel("track")]),
                FieldRowPanel([FieldPanel("kind"), FieldPanel("language"), FieldPanel("state")]),
            ],
            gettext_lazy("When and where"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("subtitle_en"), FieldPanel("subtitle_ru")]),
                FieldRowPanel([FieldPanel("abstract_en"), FieldPanel("abstract_ru")]),
                FieldRowPanel([FieldPanel("description_en"), FieldPanel("description_ru")]),
            ],
            gettext_lazy("Texts"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("host"),
                FieldRowPanel([FieldPanel("seats"), FieldPanel("stream_url")]),
                FieldRowPanel([FieldPanel("recorded"), FieldPanel("licence")]),
            ],
            gettext_lazy("Host, seats, recording"),
        ),
    ],
    heading=gettext_lazy("Session"),
)
PEOPLE = ObjectList(
    [
        RowsPanel(
            "roles",
            [
                FieldRowPanel([FieldPanel("person"), FieldPanel("role")]),
                FieldRowPanel([FieldPanel("post_en"), FieldPanel("post_ru")]),
                FieldPanel("organisation"),
                FieldRowPanel([FieldPanel("organisation_name_en"), FieldPanel("organisation_name_ru")]),
            ],
            heading=gettext_lazy("People"),
            label=gettext_lazy("person"),
            help_text=gettext_lazy("Post and organisation as they are printed that day."),
        )
    ],
    heading=gettext_lazy("People"),
)
MATERIALS = ObjectList(
    [
        RowsPanel(
            "materials",
            [
                FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_ru")]),
                FieldRowPanel([FieldPanel("url"), FieldPanel("file")]),
            ],
            heading=gettext_lazy("Materials"),
            label=gettext_lazy("material"),
            child_form=MaterialForm,
            help_text=gettext_lazy(
                "Each is a file or an address. The public sees them with the next release."
            ),
        )
    ],
    heading=gettext_lazy("Materials"),
)


class SessionViewSet(PlainViewSet):
    """Sessions."""

    model = Session
    name = "sessions"
    icon = "list-ul"
    menu_label = gettext_lazy("Sessions")
    menu_name = "sessions"
    menu_order = 290
    add_to_admin_menu = True
    list_per_page = 50
    ordering = ["start", "number"]
    search_fields = ["title_en", "title_ru", "code", "roles__person__name"]
    search_backend_name = None
    filterset_class = SessionFilter
    index_view_class = SessionIndexView
    add_view_class = SessionCreateView
    edit_view_class = SessionEditView
    edit_handler = TabbedInterface([CONTENT, PEOPLE, MATERIALS], base_form_class=SessionForm)
