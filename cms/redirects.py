"""Redirects from old addresses may lead to a path of the site."""

from __future__ import annotations

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.redirects.forms import RedirectForm

# A path of this site; two slashes or a backslash would lead to another one.
OWN_PATH = re.compile(r"/(?![/\\])[^\s\\]*")


def check_target(value: str) -> None:
    """Raise ValidationError unless the value is a path of this site or an address of the web."""
    if OWN_PATH.fullmatch(value):
        return
    try:
        URLValidator(schemes=["http", "https"])(value)
    except ValidationError:
        raise ValidationError(
            _("Write an address of this site, such as /en/events/, or a whole one that begins with https://.")
        ) from None


class SiteRedirectForm(RedirectForm):  # type: ignore[misc]
    """Takes paths of this site as targets, too; Wagtail's own form wants whole addresses."""

    redirect_link = forms.CharField(
        label=_("Redirect to any address"), max_length=255, required=False, validators=[check_target]
    )

    def _get_validation_exclusions(self) -> set[str]:
        # The model's own check knows whole addresses only.
        return {*super()._get_validation_exclusions(), "redirect_link"}


def use_own_form() -> None:
    """Let Wagtail's pages of redirects use our form; they offer no other way."""
    from wagtail.contrib.redirects import views

    for view in (views.CreateView, views.EditView):
        view.form_class = SiteRedirectForm
