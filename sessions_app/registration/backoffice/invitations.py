"""Invitations of an event in the back office: made, sent, reminded of, revoked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages

from sessions_app.registration.backoffice.invitation_forms import InviteForm
from sessions_app.registration.backoffice.pages import ActPage
from sessions_app.registration.backoffice.refusals import in_words
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.errors import RegistrationError
from sessions_app.registration.links import invitation_url
from sessions_app.registration.models import Invitation
from sessions_app.registration.queries_setup import (
    InvitationState,
    get_invitation,
    invitations_of,
    letters_that_came_back,
    state_of_invitation,
)
from sessions_app.registration.services.inviting import (
    Invited,
    invite,
    remind,
    restore_invitation,
    revoke_invitation,
    send_invitation_again,
    to_remind,
)

PER_PAGE = 50
LABELS: dict[InvitationState, Promise] = {
    InvitationState.OPEN: gettext_lazy("to hand on"),
    InvitationState.SENT: gettext_lazy("sent"),
    InvitationState.FAILED: gettext_lazy("came back"),
    InvitationState.USED: gettext_lazy("used up"),
    InvitationState.EXPIRED: gettext_lazy("expired"),
    InvitationState.REVOKED: gettext_lazy("revoked"),
}
GOOD = frozenset({InvitationState.OPEN, InvitationState.SENT, InvitationState.FAILED})


class InvitationsView(RegistrationPageMixin, TemplateView):
    """The invitations with their states, and the form that makes new ones."""

    template_name = "backoffice/registration/invitations.html"
    page_title = gettext_lazy("Invitations")
    section = "backoffice_invitations"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List what was searched for."""
        now = timezone.now()
        search = self.request.GET.get("q", "").replace("\x00", "")[:200]
        state = self.request.GET.get("state", "")
        found = Paginator(invitations_of(self.event, search=search, state=state, now=now), PER_PAGE)
        page = found.get_page(self.request.GET.get("page"))
        form = kwargs.pop("form", None) or InviteForm(event=self.event)
        came_back = letters_that_came_back()
        remindable = set(to_remind(self.event, now=now).values_list("pk", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "form": form,
            "page": page,
            "rows": [self._row(invitation, came_back, remindable) for invitation in page],
            "search": search,
            "state": state,
            "states": [(one.value, label) for one, label in LABELS.items()],
            "to_remind": len(remindable),
            "has_categories": self.event.categories.exists(),
            "query": urlencode({"q": search, "state": state}),
        }

    def _row(
        self, invitation: Invitation, came_back: Collection[int], remindable: Collection[int]
    ) -> dict[str, Any]:
        state = state_of_invitation(invitation, came_back=came_back)
        return {
            "invitation": invitation,
            "state": state,
            "label": LABELS[state],
            "is_good": state in GOOD,
            "can_be_reminded": invitation.pk in remindable,
            "link": invitation_url(invitation, self.event, self.event.main_language),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make and send, or say why not; what was typed stays."""
        form = InviteForm(request.POST, event=self.event)
        if form.is_valid():
            data = form.cleaned_data
            try:
                made = invite(
                    event=self.event,
                    terms=form.terms(),
                    actor=request.user,
                    count=data["count"] or 0,
                    emails=data["emails"],
                )
            except RegistrationError as error:
                form.add_error(None, in_words(error))
            else:
                self._tell(made)
                return redirect("backoffice_invitations", self.event.slug)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _tell(self, invited: Invited) -> None:
        count = len(invited.made)
        if count:
            said = ngettext("%(count)d invitation is made.", "%(count)d invitations are made.", count)
            said %= {"count": count}
            if invited.made[0].email:
                said += " " + _("Each goes out by mail.")
            messages.success(self.request, said)
        if invited.repeated:
            said = ngettext(
                "%(count)d address has a good invitation already and got no second one.",
                "%(count)d addresses have a good invitation already and got no second one.",
                len(invited.repeated),
            )
            messages.warning(self.request, said % {"count": len(invited.repeated)})


class RemindView(ActPage):
    """Reminds all who have not used their invitation, or one of them."""

    back = "backoffice_invitations"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Send the reminders."""
        only = get_invitation(self.event, kwargs["pk"]) if "pk" in kwargs else None
        count = remind(event=self.event, actor=request.user, only=only)
        if not count:
            return _("Nobody was reminded: all are used, over, or were spoken of within a day.")
        return ngettext("%(count)d reminder goes out.", "%(count)d reminders go out.", count) % {
            "count": count
        }


class RevokeView(ActPage):
    """Lets a code open nothing any more."""

    back = "backoffice_invitations"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Revoke it."""
        invitation = get_invitation(self.event, kwargs["pk"])
        revoke_invitation(invitation=invitation, actor=request.user)
        return _("The code %(code)s opens nothing any more. Who registered by it stays registered.") % {
            "code": invitation.code
        }


class RestoreView(ActPage):
    """Lets a revoked code open its category again."""

    back = "backoffice_invitations"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Restore it."""
        invitation = get_invitation(self.event, kwargs["pk"])
        restore_invitation(invitation=invitation, actor=request.user)
        return _("The code %(code)s is good again.") % {"code": invitation.code}


class SendAgainView(ActPage):
    """Lets an invitation that came back be tried again."""

    back = "backoffice_invitations"

    def act(self, request: HttpRequest, kwargs: Mapping[str, Any]) -> str:
        """Put its letters back into the outbox."""
        invitation = get_invitation(self.event, kwargs["pk"])
        if send_invitation_again(invitation=invitation, actor=request.user):
            return _("The letter will be tried again within a minute.")
        messages.error(request, _("Nothing that came back is left to send. Revoke it and invite anew."))
        return ""


class CodesView(RegistrationPageMixin, View):
    """The codes that were sent to nobody, as plain text, one on a line, for handing on."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with code and address of each that still opens something."""
        invitations = invitations_of(self.event, state=InvitationState.OPEN)
        lines = [
            f"{one.code}\t{invitation_url(one, self.event, self.event.main_language)}\n"
            for one in invitations
        ]
        response = HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{self.event.slug}-codes.txt"'
        response["Cache-Control"] = "private, no-store"
        return response
