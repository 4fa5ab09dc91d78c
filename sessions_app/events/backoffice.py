"""Events in the back office."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import date as date_in_words
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
)
from wagtail.admin.ui.tables import BooleanColumn, Column
from wagtail.admin.views import generic
from wagtail.admin.widgets.button import Button, HeaderButton

from network.backoffice.controls import RowsPanel
from network.backoffice.policies import is_operator
from network.backoffice.reports import AuditReportView
from network.backoffice.viewsets import PlainIndexView, PlainViewSet, SavingMixin
from network.models import AuditEntry
from sessions_app.events.colour import brand_pair
from sessions_app.events.forms import EventForm, RoomForm, TrackForm
from sessions_app.events.models import Event
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability
from sessions_app.events.services import save_event


class ColourPanel(Panel):
    """Shows what the event's colour becomes on light and on dark pages."""

    class BoundPanel(Panel.BoundPanel):
        """Draws both."""

        template_name = "backoffice/colour_panel.html"

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """Add the pair of colours."""
            context = super().get_context_data(parent_context)
            context["chosen"] = self.instance.brand_colour
            context["light"], context["dark"] = brand_pair(self.instance.brand_colour)
            return context

        def is_shown(self) -> bool:
            """Only an event that is saved has a colour to show."""
            return bool(self.instance.pk)


TEXTS = ObjectList(
    [
        FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_ru")]),
        FieldRowPanel([FieldPanel("kind_en"), FieldPanel("kind_ru")]),
        FieldRowPanel([FieldPanel("summary_en"), FieldPanel("summary_ru")]),
        FieldRowPanel([FieldPanel("note_en"), FieldPanel("note_ru")]),
        MultiFieldPanel(
            [
                FieldPanel("slug"),
                FieldRowPanel([FieldPanel("languages"), FieldPanel("main_language")]),
                FieldPanel("contact_email"),
                FieldPanel("is_public"),
            ],
            _("Address and languages"),
        ),
        MultiFieldPanel([FieldPanel("brand_colour"), ColourPanel()], _("Colour")),
    ],
    heading=_("Event"),
)
DAYS = ObjectList(
    [
        FieldPanel("timezone"),
        RowsPanel(
            "days",
            [
                FieldRowPanel([FieldPanel("date"), FieldPanel("opens"), FieldPanel("closes")]),
                FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_ru")]),
                FieldRowPanel([FieldPanel("summary_en"), FieldPanel("summary_ru")]),
            ],
            heading=_("Days"),
            label=_("day"),
            min_num=1,
            help_text=_(
                "Days need not be adjacent. A day that closes at or before its opening ends after midnight."
            ),
        ),
    ],
    heading=_("Days"),
)
PLACE = ObjectList(
    [
        FieldPanel("venue"),
        RowsPanel(
            "rooms",
            [
                FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_ru")]),
                FieldRowPanel([FieldPanel("capacity"), FieldPanel("step_free")]),
                FieldRowPanel([FieldPanel("place_en"), FieldPanel("place_ru")]),
            ],
            heading=_("Rooms"),
            label=_("room"),
            child_form=RoomForm,
        ),
    ],
    heading=_("Venue and rooms"),
)
TRACKS = ObjectList(
    [
        RowsPanel(
            "tracks",
            [FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_ru")]), FieldPanel("hue")],
            heading=_("Tracks"),
            label=_("track"),
            child_form=TrackForm,
        )
    ],
    heading=_("Tracks"),
)
PEOPLE = ObjectList(
    [
        RowsPanel(
            "organisers",
            [FieldPanel("organisation")],
            heading=_("Organisers"),
            label=_("organiser"),
            help_text=_("All are equal; the order is that of print."),
        ),
        RowsPanel(
            "team",
            [FieldRowPanel([FieldPanel("person"), FieldPanel("role")])],
            heading=_("Team"),
            label=_("team member"),
            help_text=_("Each role opens its own part of the back office, for this event alone."),
        ),
    ],
    heading=_("Organisers and team"),
)


class EventScope:
    """Only the viewer's own events; others are not found."""

    request: HttpRequest

    def scoped(self) -> QuerySet[Event]:
        """Return the events whose frame the viewer may edit."""
        return with_capability(self.request.user, Capability.EDIT_EVENT)


class EventIndexView(EventScope, PlainIndexView):
    """List of the viewer's events."""

    def get_base_queryset(self) -> QuerySet[Event]:
        """Return the events with what the list shows."""
        events = self.scoped()
        # The list is joined to the team where it is scoped, so counts must be distinct.
        return Event.objects.filter(pk__in=events.values("pk")).annotate(
            first_day=Min("days__date"),
            last_day=Max("days__date"),
            session_count=Count("sessions", distinct=True),
        )

    @cached_property
    def columns(self) -> list[Column]:
        """Name, days, sessions, whether the public sees it."""
        return [
            self._get_title_column("__str__"),
            Column("days", label=_("Days"), accessor=_span, sort_key="first_day"),
            Column("session_count", label=_("Sessions"), sort_key="session_count"),
            BooleanColumn("is_public", label=_("Public"), sort_key="is_public"),
        ]


def _span(event: Any) -> str:
    if not event.first_day:
        return ""
    first, last = date_in_words(event.first_day, "DATE_FORMAT"), date_in_words(event.last_day, "DATE_FORMAT")
    return first if first == last else f"{first} – {last}"


class EventSaving(SavingMixin):
    """Saves through the service and stays at the event."""

    request: HttpRequest
    object: Event

    def save(self, form: EventForm) -> Event:
        """Save the event and say what its colour became."""
        event = save_event(event=form.instance, actor=self.request.user, seen=form.cleaned_data.get("seen"))
        light, _dark = brand_pair(event.brand_colour)
        if "brand_colour" in form.changed_data and light.lower() != event.brand_colour.lower():
            note = _(
                "On white pages the colour %(chosen)s is darkened to %(light)s, so that text can be read."
            )
            messages.info(self.request, note % {"chosen": event.brand_colour, "light": light})
        return event

    def get_success_url(self) -> str:
        """Return to the form: an event is set up in several goes."""
        return reverse("events:edit", args=(self.object.pk,))

    def get_success_buttons(self) -> list[Any]:
        """Lead on to the programme."""
        return [messages.button(reverse("backoffice_hub", args=(self.object.slug,)), _("Programme"))]


class EventCreateView(EventSaving, generic.CreateView):
    """New event."""

    page_title = _("New event")


class EventEditView(EventScope, EventSaving, generic.EditView):
    """Edit an event."""

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """Lead on to the programme."""
        url = reverse("backoffice_hub", args=(self.object.slug,))
        return [HeaderButton(_("Programme"), url=url, icon_name="calendar-alt")]

    @cached_property
    def header_more_buttons(self) -> list[Button]:
        """Lead to the programs that take part, and let operators delete or hide the event."""
        slug = (self.object.slug,)
        buttons = [
            Button(
                _("Keys for programs"), url=reverse("event_tokens", args=slug), icon_name="key", priority=5
            ),
            Button(_("Webhooks"), url=reverse("event_webhooks", args=slug), icon_name="link", priority=6),
        ]
        if is_operator(self.request.user):
            url = reverse("backoffice_event_delete", args=slug)
            buttons.append(Button(_("Delete or hide"), url=url, icon_name="bin", priority=20))
        return buttons

    def get_queryset(self) -> QuerySet[Event]:
        """Return the viewer's events; others are not found."""
        return self.scoped()


class EventViewSet(PlainViewSet):
    """Events."""

    model = Event
    name = "events"
    icon = "date"
    menu_label = _("Events")
    menu_name = "events"
    menu_order = 300
    add_to_admin_menu = True
    list_per_page = 30
    search_fields = ["name_en", "name_ru", "slug"]
    search_backend_name = None
    index_view_class = EventIndexView
    add_view_class = EventCreateView
    edit_view_class = EventEditView
    edit_handler = TabbedInterface([TEXTS, DAYS, PLACE, TRACKS, PEOPLE], base_form_class=EventForm)


class EventAuditView(AuditReportView):
    """The audit trail of the viewer's own events."""

    page_title = _("What was changed")
    index_url_name = "event_audit"
    index_results_url_name = "event_audit_results"

    def may_read(self) -> bool:
        """Tell whether there is an event of hers."""
        return self._events().exists()

    def get_base_queryset(self) -> QuerySet[AuditEntry]:
        """Return the entries of the event in the address, or of all her events."""
        ids = self._events().values_list("pk", flat=True)
        return super().get_base_queryset().filter(event_id_ref__in=list(ids))

    def _events(self) -> QuerySet[Event]:
        events = with_capability(self.request.user, Capability.EDIT_PROGRAMME)
        slug = self.request.GET.get("event")
        return events.filter(slug=slug) if slug else events
