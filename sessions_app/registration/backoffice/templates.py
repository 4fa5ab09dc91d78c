"""What the event writes to those who register: its own words by kind, tried on a real registration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin import messages

from network.letters import Letter
from sessions_app.registration.backoffice.pages import FormPage
from sessions_app.registration.backoffice.scope import RegistrationPageMixin
from sessions_app.registration.backoffice.template_forms import TemplateForm, placeholder_help
from sessions_app.registration.models import MessageTemplate, Registration
from sessions_app.registration.models.messages import MessageKind
from sessions_app.registration.queries_setup import WRITTEN_BY_HAND, find_registrations, message_kinds
from sessions_app.registration.services.template_editing import preview, save_template, send_trial

MOST_FOUND = 8


class TemplatesView(RegistrationPageMixin, TemplateView):
    """Every kind of message, and whose words go out."""

    template_name = "backoffice/registration/templates.html"
    page_title = gettext_lazy("Messages")
    section = "backoffice_templates"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """List them."""
        return {**super().get_context_data(**kwargs), "kinds": message_kinds(self.event)}


class TemplatePage(FormPage):
    """The words of one kind of message; beside them the letter as somebody would get it.

    Three buttons: save, show the letter as it is typed, and send it to oneself. The last two save nothing.
    """

    section = "backoffice_templates"
    page_title = gettext_lazy("Message")
    template_name = "backoffice/registration/template.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Find the kind, or answer 404."""
        super().setup(request, *args, **kwargs)
        if kwargs["kind"] not in MessageKind.values or kwargs["kind"] in WRITTEN_BY_HAND:
            raise Http404
        self.kind = MessageKind(kwargs["kind"])

    def get_page_title(self) -> str:
        """Name the kind."""
        return str(self.kind.label).capitalize()

    def build(self, data: Any = None) -> TemplateForm:
        """Return the form, empty while the platform's words go out."""
        own = MessageTemplate.objects.filter(event=self.event, kind=self.kind).first()
        return TemplateForm(data, instance=own or MessageTemplate(event=self.event, kind=self.kind))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Save, show, or send to oneself."""
        if request.POST.get("act") not in ("show", "try"):
            return super().post(request, *args, **kwargs)
        form = self.build(request.POST)
        if not form.is_valid():
            return self.show_again(form)
        if request.POST["act"] == "try":
            self._try(form)
        return self.show_again(form, status=200)

    def _try(self, form: TemplateForm) -> None:
        registration = self.chosen()
        if registration is None:
            messages.error(
                self.request, _("Nobody has registered yet, so there is nothing to try the message on.")
            )
            return
        sent = send_trial(
            registration=registration,
            kind=self.kind,
            template=self._typed(form),
            actor=self.request.user,
            language=self.language(),
        )
        if sent:
            messages.success(
                self.request,
                _("A trial goes out to %(email)s; nobody else gets it.") % {"email": self.request.user.email},
            )
        else:
            messages.error(self.request, _("Your account has no e-mail, so nothing was sent."))

    def save(self, form: TemplateForm) -> str:
        """Save the words."""
        kept = save_template(
            template=form.save(commit=False), actor=self.request.user, seen=form.cleaned_data.get("seen")
        )
        if unknown := form.unknown():
            warning = _("%(names)s is no placeholder and goes out as it stands.")
            messages.warning(self.request, warning % {"names": ", ".join(unknown)})
        return _("The message is saved.") if kept else _("The platform's words go out again.")

    def chosen(self) -> Registration | None:
        """Return the registration on which the message is tried: the named one, else the newest."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        found = find_registrations(self.event, "")
        code = given.get("on", "")[:10]
        return (found.filter(code=code).first() if code else None) or found.first()

    def language(self) -> str:
        """Return the language in which the message is shown."""
        given = self.request.POST if self.request.method == "POST" else self.request.GET
        known = dict(settings.LANGUAGES)
        wanted = (given.get("language", ""), self.event.main_language)
        return next((code for code in wanted if code in known), settings.LANGUAGE_CODE)

    def _typed(self, form: TemplateForm) -> MessageTemplate | None:
        """Return the template as it stands in the form; None where it says nothing."""
        template: MessageTemplate = form.save(commit=False) if form.is_bound else form.instance
        empty = not any(getattr(template, f"body_{code}") for code, _name in settings.LANGUAGES)
        # An empty one that is not stored makes the platform's words show, not those that are stored.
        return MessageTemplate(event=self.event, kind=self.kind) if empty else template

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the letter, what can be searched, and the placeholders."""
        context = super().get_context_data(**kwargs)
        form, words = context["form"], self.request.GET.get("q", "").replace("\x00", "")[:200]
        registration = self.chosen()
        return {
            **context,
            "kind": self.kind,
            "letter": self._letter(form, registration),
            "on": registration,
            "search": words,
            "found": list(find_registrations(self.event, words)[:MOST_FOUND]) if words else [],
            "language": self.language(),
            "languages": settings.LANGUAGES,
            "placeholders": placeholder_help(),
            "unknown": form.unknown(),
        }

    def _letter(self, form: TemplateForm, registration: Registration | None) -> Letter | None:
        if registration is None or (form.is_bound and form.errors):
            return None
        return preview(registration, self.kind, self._typed(form), language=self.language())

    def after(self) -> str:
        """Stay at the message: it is looked at after saving."""
        return reverse("backoffice_template", args=(self.event.slug, self.kind))

    def trail(self) -> list[dict[str, Any]]:
        """Lead back over the list."""
        url = reverse("backoffice_templates", args=(self.event.slug,))
        return [{"url": url, "label": _("Messages")}]
