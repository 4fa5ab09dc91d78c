"""Pages of the ground floor: health, and a person's own profile and data."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from network.forms import EraseForm, ProfileForm
from network.models import Person
from network.queries import SHOW_CONTACTS, has_consent, personal_data
from network.services import change_profile, erase_account, give_consent, withdraw_consent
from network.web.health import check_all

CONSENT_TEXT = "2026-11"


@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Tell that the process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Tell whether database, cache and broker answer; 503 when one does not, within three seconds."""
    parts = check_all()
    return JsonResponse(parts, status=200 if all(value == "ok" for value in parts.values()) else 503)


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise TypeError("The view asks for a log-in first.")
    return request.user


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """Let a person say her name, language and biography."""
    person = _person(request)
    # The form must not touch the object that the page's header shows.
    form = ProfileForm(request.POST or None, instance=Person.objects.get(pk=person.pk))
    if request.method == "POST" and form.is_valid():
        change_profile(
            person=person,
            name=form.cleaned_data["name"],
            name_latin=form.cleaned_data["name_latin"],
            locale=form.cleaned_data["locale"],
            biography=form.biography,
        )
        messages.success(request, _("Saved."))
        return redirect("me_profile")
    return render(request, "me/profile.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what is kept and let a person give or withdraw her consent to contact data."""
    person = _person(request)
    if request.method == "POST":
        if request.POST.get("show_contacts") == "yes":
            give_consent(person=person, purpose=SHOW_CONTACTS, text_version=CONSENT_TEXT)
        else:
            withdraw_consent(person=person, purpose=SHOW_CONTACTS)
        messages.success(request, _("Saved."))
        return redirect("me_privacy")
    context = {
        "shows_contacts": has_consent(person, SHOW_CONTACTS),
        "affiliations": person.affiliations.select_related("organisation"),
        "consents": person.consents.order_by("-given_at"),
    }
    return render(request, "me/privacy.html", context)


@require_safe
@login_required
@never_cache
def download_data(request: HttpRequest) -> HttpResponse:
    """Hand out all that is kept about the person, as a JSON file."""
    person = _person(request)
    return JsonResponse(
        personal_data(person),
        json_dumps_params={"ensure_ascii": False, "indent": 2},
        headers={"Content-Disposition": f'attachment; filename="plenum-{person.code}.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def erase(request: HttpRequest) -> HttpResponse:
    """Erase the account, after the person has written its e-mail."""
    person = _person(request)
    form = EraseForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        erase_account(person=person)
        logout(request)
        messages.success(request, _("Your account has been erased."))
        return redirect("/")
    return render(request, "me/erase.html", {"form": form}, status=422 if form.errors else 200)
