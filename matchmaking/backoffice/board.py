"""The board: tables by slots of a day, one meeting, and meetings arranged by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from matchmaking.backoffice.board_forms import CancelForm, PairForm, PlaceForm, slot_label
from matchmaking.backoffice.pages import ActPage, FormPage
from matchmaking.backoffice.scope import ExchangePageMixin
from matchmaking.board import board_of, free_instead, meeting_on
from matchmaking.errors import ExchangeError, SlotTaken
from matchmaking.free_time import free_time
from matchmaking.models import Exchange, ExchangeProfile, Meeting, Slot, Table
from matchmaking.services.booking import cancel_meeting, move_meeting
from matchmaking.services.desk import arrange
from matchmaking.services.marking import mark_meeting, pin_meetings
from matchmaking.states import MeetingState
from matchmaking.wording import refusal_in_words
from sessions_app.registration.errors import Busy


class BoardView(ExchangePageMixin, TemplateView):
    """A day of the plan."""

    template_name = "backoffice/exchange/board.html"
    page_title = gettext_lazy("Board")
    section = "backoffice_exchange_board"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read the day."""
        board = board_of(self.exchange, self.request.GET.get("day", ""))
        return {**super().get_context_data(**kwargs), "board": board}


def slots_for(exchange: Exchange, one: ExchangeProfile, other: ExchangeProfile) -> list[Slot]:
    """Return the slots ahead in which both are free, starred sessions or not."""
    return free_time(exchange, [one, other], starred_too=True).common(one, other)


def active_tables(exchange: Exchange) -> list[Table]:
    """Return the tables in use."""
    return list(Table.objects.filter(exchange=exchange, is_active=True))


def next_in_words(error: SlotTaken, exchange: Exchange) -> str:
    """Return the refusal with the next slots that would do."""
    said = refusal_in_words(error)
    if error.free:
        said += " " + _("Free for both, with a table: %(slots)s.") % {
            "slots": "; ".join(slot_label(slot, exchange) for slot in error.free)
        }
    return said


class MeetingMixin(ExchangePageMixin):
    """A page about one meeting of this exchange."""

    section = "backoffice_exchange_board"
    kwargs: dict[str, Any]

    @property
    def meeting(self) -> Meeting:
        """The meeting, or 404."""
        return meeting_on(self.exchange, self.kwargs["code"])

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the board."""
        return [{"url": self.url("backoffice_exchange_board"), "label": _("Board")}]


class MeetingView(MeetingMixin, FormPage):
    """One meeting: who, when, where; moved by a form, and what else can be done with it."""

    template_name = "backoffice/exchange/meeting.html"
    page_title = gettext_lazy("Meeting")
    button = gettext_lazy("Move")

    def build(self, data: Any = None) -> PlaceForm:
        """Return the form that moves it."""
        meeting = self.meeting
        slots = slots_for(self.exchange, meeting.low, meeting.high)
        if meeting.slot.start > timezone.now():
            slots = sorted([*slots, meeting.slot], key=lambda slot: slot.start)
        return PlaceForm(
            data, exchange=self.exchange, slots=slots, tables=active_tables(self.exchange),
            on_line=meeting.is_online, initial={"slot": meeting.slot_id, "table": meeting.table_id},
        )  # fmt: skip

    def save(self, form: PlaceForm) -> str:
        """Move it."""
        slot, table = form.place()
        moved = move_meeting(meeting=self.meeting, slot=slot, table=table, actor=self.request.user)  # type: ignore[arg-type]
        at = _("table %(number)s") % {"number": moved.table} if moved.table else _("on line")
        said = _("Moved: %(time)s, %(place)s. Both are told by mail.")
        return said % {"time": slot_label(moved.slot, self.exchange), "place": at}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Move it, or say when there is room."""
        try:
            return super(FormPage, self).post(request, *args, **kwargs)
        except SlotTaken as error:
            self.form.add_error(None, next_in_words(error, self.exchange))
        except ExchangeError as error:
            self.form.add_error(None, refusal_in_words(error))
        return self.show_again(self.form, status=409)

    def after(self) -> str:
        """Return to the day of the meeting."""
        return f"{self.url('backoffice_exchange_board')}?day={self.meeting.slot.date.isoformat()}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the meeting and, after a no-show, who is free instead."""
        meeting = self.meeting
        instead = []
        if meeting.state == MeetingState.NO_SHOW and meeting.slot.end > timezone.now():
            instead = free_instead(meeting)
        return {
            **super().get_context_data(**kwargs),
            "meeting": meeting,
            "people": (meeting.low, meeting.high),
            "when": slot_label(meeting.slot, self.exchange),
            "cancel": CancelForm(),
            "instead": instead,
            "is_booked": meeting.state == MeetingState.BOOKED,
        }


class MeetingActView(MeetingMixin, ActPage):
    """Pins a meeting, marks it, or cancels it; leads back to it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it, or say why not."""
        try:
            messages.success(request, self.act(request, kwargs))
        except SlotTaken as error:
            messages.error(request, next_in_words(error, self.exchange))
        except ExchangeError as error:
            messages.error(request, refusal_in_words(error))
        except Busy:
            messages.error(
                request, _("Many are booking at this moment, so nothing was changed. Press again.")
            )
        return redirect("backoffice_exchange_meeting", self.event.slug, kwargs["code"])

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Do what the pressed button says."""
        meeting, actor = self.meeting, request.user
        match request.POST.get("do"):
            case "pin" | "unpin" as verb:
                pin_meetings(meetings=[meeting], is_pinned=verb == "pin", actor=actor)  # type: ignore[arg-type]
                return _("Pinned: no plan moves it.") if verb == "pin" else _("Not pinned any more.")
            case "held":
                mark_meeting(meeting=meeting, state=MeetingState.HELD, actor=actor)  # type: ignore[arg-type]
                return _("Marked as held.")
            case "no_show":
                mark_meeting(meeting=meeting, state=MeetingState.NO_SHOW, actor=actor)  # type: ignore[arg-type]
                return _("Marked: it did not take place. Both are free in this slot.")
            case "cancel":
                form = CancelForm(request.POST)
                if not form.is_valid():
                    messages.error(request, _("Write the reason: both read it."))
                    return ""
                cancel_meeting(
                    meeting=meeting,
                    by=None,
                    actor=actor,
                    reason=form.cleaned_data["reason"],  # type: ignore[arg-type]
                )
                return _("Cancelled. Both are told by mail.")
        raise Http404


class ArrangeView(ExchangePageMixin, TemplateView):
    """Finds a slot for two people and lets them meet in it."""

    template_name = "backoffice/exchange/arrange.html"
    page_title = gettext_lazy("Arrange a meeting")
    section = "backoffice_exchange_board"

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the board."""
        return [{"url": self.url("backoffice_exchange_board"), "label": _("Board")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the two, and once they are found, the slots that would do."""
        given = {name: self.request.GET.get(name, "") for name in ("one", "other", "slot", "table")}
        has_both = bool(given["one"] and given["other"])
        pair = kwargs.pop("pair", None) or PairForm(
            given if has_both else None, initial=given, exchange=self.exchange
        )
        context = {"pair": pair, "form": kwargs.pop("form", None), "given": given}
        if pair.is_bound and pair.is_valid():
            one, other = pair.cleaned_data["one"], pair.cleaned_data["other"]
            context |= {"one": one, "other": other}
            context["form"] = context["form"] or self._form(one, other, initial=given)
        return {**super().get_context_data(**kwargs), **context}

    def _form(
        self, one: ExchangeProfile, other: ExchangeProfile, data: Any = None, initial: Any = None
    ) -> PlaceForm:
        slots = slots_for(self.exchange, one, other)
        # Walk-ins stand at the desk now: the slot that goes on is offered, too.
        now = timezone.now()
        running = Slot.objects.filter(exchange=self.exchange, start__lte=now, end__gt=now)
        return PlaceForm(
            data, exchange=self.exchange, slots=[*running, *slots], tables=active_tables(self.exchange),
            on_line=bool(self.exchange.room_link) and (one.is_remote or other.is_remote),
            initial=initial,
        )  # fmt: skip

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Let them meet, or say what stands in the way."""
        pair = PairForm(request.POST, exchange=self.exchange)
        if not pair.is_valid():
            return self.render_to_response(self.get_context_data(pair=pair), status=422)
        one, other = pair.cleaned_data["one"], pair.cleaned_data["other"]
        form = self._form(one, other, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(pair=pair, form=form), status=422)
        slot, table = form.place()
        try:
            made = arrange(
                one=one, other=other, slot=slot, table=table, actor=request.user,  # type: ignore[arg-type]
                is_pinned=bool(request.POST.get("pin")),
            )  # fmt: skip
        except SlotTaken as error:
            form.add_error(None, next_in_words(error, self.exchange))
        except ExchangeError as error:
            form.add_error(None, refusal_in_words(error))
        else:
            messages.success(request, _("The meeting is arranged. Both are told by mail."))
            return redirect("backoffice_exchange_meeting", self.event.slug, made.code)
        return self.render_to_response(self.get_context_data(pair=pair, form=form), status=409)
