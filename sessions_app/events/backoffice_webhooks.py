"""Webhooks in the back office: the organiser adds them, reads what came of each message, and sends again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from network.models import OutboxState
from sessions_app.events.models import Event, Webhook, WebhookDelivery, WebhookKind
from sessions_app.events.permissions import Capability
from sessions_app.events.queries import with_capability
from sessions_app.events.webhooks import queries, services
from sessions_app.events.webhooks.addresses import BadAddress
from sessions_app.events.webhooks.wording import WRONG, reason_of, refusal

PAGE = 50
BIGGEST_KEY = 2**63 - 1
KINDS = [kind for kind in WebhookKind if kind is not WebhookKind.TEST]


class WebhookForm(forms.Form):
    """Whom to tell, and what."""

    name = forms.CharField(
        label=gettext_lazy("What it is for"),
        max_length=120,
        help_text=gettext_lazy("For example: prints badges at the entrance."),
    )
    address = forms.CharField(
        label=gettext_lazy("Address"),
        help_text=gettext_lazy("Where the program takes messages, for example https://example.org/plenum."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it is told"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = [(kind.value, capfirst(str(kind.label))) for kind in KINDS]

    def clean_address(self) -> str:
        """Refuse what can be no webhook's address, and say why."""
        address: str = self.cleaned_data["address"]
        try:
            services.check_address(address)
        except BadAddress as error:
            raise forms.ValidationError(str(WRONG[error.wrong])) from error
        return address


class WebhookPageMixin(WagtailAdminTemplateMixin):
    """A page about webhooks of an event that the viewer organises; anything else is not found."""

    request: HttpRequest
    kwargs: dict[str, Any]
    header_icon = "link"
    event: Event
    webhook: Webhook | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the event, and the webhook where the address names one, or answer 404."""
        super().setup(request, *args, **kwargs)  # type: ignore[misc]
        events = with_capability(request.user, Capability.EDIT_EVENT)  # type: ignore[arg-type]
        self.event = get_object_or_404(events, slug=kwargs["slug"])
        if "webhook" in kwargs:
            if kwargs["webhook"] > BIGGEST_KEY:
                raise Http404
            self.webhook = queries.get_webhook(self.event, kwargs["webhook"])

    def get_page_subtitle(self) -> str:
        """Name the event."""
        return str(self.event)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Lead back over the webhook and the list to the event."""
        trail = [{"url": reverse("events:edit", args=(self.event.pk,)), "label": str(self.event)}]
        if self.request.resolver_match and self.request.resolver_match.url_name != "event_webhooks":
            trail.append({"url": self.list_url, "label": _("Webhooks")})
        if self.webhook is not None:
            trail.append({"url": self.url, "label": self.webhook.name})
        if self.get_page_title() != trail[-1]["label"]:
            trail.append({"url": "", "label": self.get_page_title()})
        return [*self.breadcrumbs_items, *trail]

    @property
    def list_url(self) -> str:
        """Where the event's webhooks stand."""
        return reverse("event_webhooks", args=(self.event.slug,))

    @property
    def url(self) -> str:
        """Where the webhook stands."""
        return reverse("event_webhook", args=(self.event.slug, self.webhook.pk)) if self.webhook else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add event and webhook."""
        context = super().get_context_data(**kwargs)  # type: ignore[misc]
        until = self.webhook.before_until if self.webhook else None
        return {
            **context,
            "event": self.event,
            "webhook": self.webhook,
            "zone": self.event.zone,
            "both_until": until if until and until > timezone.now() else None,
        }

    def act(self, service: Any, said: str, **what: Any) -> Any:
        """Call a service and say what it did, or why it did not; return what it returned."""
        try:
            result = service(actor=self.request.user, **what)
        except services.WebhookError as error:
            messages.error(self.request, refusal(error))
            return None
        if said:
            messages.success(self.request, said)
        return result


class WebhooksView(WebhookPageMixin, TemplateView):
    """The event's webhooks."""

    template_name = "backoffice/webhooks/list.html"
    page_title = gettext_lazy("Webhooks")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        return {**super().get_context_data(**kwargs), "webhooks": list(queries.webhooks_of(self.event))}


class WebhookFormView(WebhookPageMixin, TemplateView):
    """The form of a webhook; a new one's secret is shown this once."""

    template_name = "backoffice/webhooks/form.html"
    shows_secret = False

    def get_page_title(self) -> str:
        """Name what is done."""
        if self.shows_secret:
            return _("Secret")
        return _("Change the webhook") if self.webhook else _("Add a webhook")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form."""
        form = kwargs.pop("form", None) or WebhookForm(initial=self._initial())
        back = self.url or self.list_url
        return {**super().get_context_data(**kwargs), "form": form, "back": back}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, or say what stands in the way."""
        form = WebhookForm(request.POST)
        if form.is_valid():
            try:
                return self._save(form)
            except services.WebhookError as error:
                form.add_error("address", refusal(error))
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _save(self, form: WebhookForm) -> HttpResponse:
        actor: Any = self.request.user
        if self.webhook is not None:
            services.change_webhook(webhook=self.webhook, actor=actor, **form.cleaned_data)
            messages.success(self.request, _("The webhook is changed."))
            return redirect(self.url)
        self.shows_secret = True
        self.webhook, secret = services.create_webhook(event=self.event, actor=actor, **form.cleaned_data)
        return show_secret(self, secret)

    def _initial(self) -> dict[str, Any]:
        if self.webhook is None:
            return {}
        return {"name": self.webhook.name, "address": self.webhook.address, "kinds": self.webhook.kinds}


def show_secret(page: Any, secret: str) -> HttpResponse:
    """Answer with the page that shows a secret this once, and is kept by no cache."""
    page.template_name = "backoffice/webhooks/secret.html"
    page.webhook = queries.get_webhook(page.event, page.webhook.pk)
    response: HttpResponse = page.render_to_response(page.get_context_data(secret=secret))
    add_never_cache_headers(response)
    return response


class WebhookView(WebhookPageMixin, TemplateView):
    """One webhook with its messages, and what can be done with it."""

    template_name = "backoffice/webhooks/one.html"
    webhook: Webhook

    def get_page_title(self) -> str:
        """Name the webhook."""
        return self.webhook.name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Read one page of the messages."""
        state = self.request.GET.get("state", "")
        state = state if state in OutboxState.values else ""
        pages = Paginator(queries.deliveries_of(self.webhook, state), PAGE)
        page = pages.get_page(self.request.GET.get("page"))
        return {
            **super().get_context_data(**kwargs),
            "kinds": [(kind.value, kind.label) for kind in KINDS if kind.value in self.webhook.kinds],
            "state": state,
            "states": [("", _("All")), *((value, OutboxState(value).label) for value in OutboxState.values)],
            "rests": self.webhook.rests_until is not None and self.webhook.rests_until > timezone.now(),
            "page_obj": page,
            "rows": [(delivery, reason_of(delivery)) for delivery in page],
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do one step and return to the page."""
        step = request.POST.get("step", "")
        webhook = self.webhook
        if step == "test":
            test = self.act(services.send_test, _("The test is on its way."), webhook=webhook)
            return (
                redirect("event_webhook_delivery", self.event.slug, webhook.pk, test.pk)
                if test
                else redirect(self.url)
            )
        if step in ("pause", "resume"):
            said = (
                _("Nothing is sent any more.")
                if step == "pause"
                else _("The webhook is told again from now on.")
            )
            self.act(services.switch_webhook, said, webhook=webhook, on=step == "resume")
        elif step == "end-old-secret":
            self.act(services.end_old_secret, _("Only the newest secret signs now."), webhook=webhook)
        elif step == "failed-again":
            count = self.act(services.send_failed_again, "", webhook=webhook)
            if count:
                said = ngettext(
                    "%(count)d message is sent again.", "%(count)d messages are sent again.", count
                )
                messages.success(request, said % {"count": count})
        else:
            raise Http404
        return redirect(self.url)


class WebhookSecretView(WebhookPageMixin, TemplateView):
    """Asks once, then makes a new secret and shows it this once."""

    template_name = "backoffice/webhooks/rotate.html"
    page_title = gettext_lazy("New secret")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Make the secret."""
        return show_secret(self, services.rotate_secret(webhook=self.webhook, actor=request.user))  # type: ignore[arg-type]


class WebhookDeleteView(WebhookPageMixin, TemplateView):
    """Names what goes, then deletes."""

    template_name = "backoffice/webhooks/delete.html"
    page_title = gettext_lazy("Delete the webhook")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Delete it."""
        self.act(services.delete_webhook, _("The webhook is deleted."), webhook=self.webhook)
        return redirect(self.list_url)


class WebhookDeliveryView(WebhookPageMixin, TemplateView):
    """One message: what was sent, what was answered, and sending it again."""

    template_name = "backoffice/webhooks/delivery.html"
    webhook: Webhook
    delivery: WebhookDelivery

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the message among those of the webhook."""
        super().setup(request, *args, **kwargs)
        rows = self.webhook.deliveries.select_related("outbox")
        self.delivery = get_object_or_404(rows, pk=kwargs["delivery"])

    def get_page_title(self) -> str:
        """Say what the message tells."""
        return str(capfirst(str(self.delivery.get_kind_display())))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the message."""
        return {
            **super().get_context_data(**kwargs),
            "delivery": self.delivery,
            "reason": reason_of(self.delivery),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Send it again."""
        self.act(services.send_delivery_again, _("The message is sent again."), delivery=self.delivery)
        return redirect("event_webhook_delivery", self.event.slug, self.webhook.pk, self.delivery.pk)
