"""What a participant says of herself, and what she offers and seeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matchmaking.models import Cooperation, ExchangeProfile, Offer, OfferKind, Readiness
from matchmaking.services.presenting import OfferDraft
from network.models import Topic
from network.web.words import language_name
from sessions_app.registration.regions import regions

LANGUAGES = (
    "ru",
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "tr",
    "kk",
    "uz",
    "ar",
    "fa",
    "hi",
    "zh-hans",
    "ja",
    "ko",
)
LONGEST_ABOUT = 1000
LONGEST_OFFER = 600
MOST_OFFERS = 20
MOST_TOPICS = 8


class ProfileForm(forms.ModelForm):
    """Who she is as others read it; where she comes from stands in the directory when it is known there."""

    use_required_attribute = False

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages you speak"), widget=forms.CheckboxSelectMultiple
    )
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)

    class Meta:
        model = ExchangeProfile
        fields = ("name", "post", "organisation_name", "region", "about", "languages", "shares_contact")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "post": forms.TextInput(attrs={"autocomplete": "organization-title"}),
            "organisation_name": forms.TextInput(attrs={"autocomplete": "organization"}),
            "about": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        codes = dict.fromkeys((*(code for code, _name in settings.LANGUAGES), *LANGUAGES, *self._spoken()))
        self._fields["languages"].choices = [(code, language_name(code)) for code in codes]
        self._fields["languages"].error_messages["required"] = _("Tick at least one language.")
        self._fields["name"].error_messages["required"] = _("Write your name.")
        self._fields["region"].choices = [("", "—"), *regions()]
        if self.instance.organisation_id:
            # What the directory knows decides who may ask whom, so it is not typed over here.
            del self.fields["organisation_name"]

    @property
    def _fields(self) -> Any:
        return self.fields

    def _spoken(self) -> Sequence[str]:
        return [str(code) for code in self.instance.languages or []]


class OfferForm(forms.Form):
    """One thing that she offers or seeks; a row without a text is no row."""

    use_required_attribute = False

    code = forms.CharField(widget=forms.HiddenInput, required=False, max_length=10)
    kind = forms.ChoiceField(choices=OfferKind.choices, label=gettext_lazy("Kind"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("In one or two sentences"),
        required=False,
        max_length=LONGEST_OFFER,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )
    cooperation = forms.ChoiceField(
        label=gettext_lazy("Kind of cooperation"), required=False, choices=[("", "—"), *Cooperation.choices]
    )
    readiness = forms.ChoiceField(
        label=gettext_lazy("Stage of readiness"), required=False, choices=[("", "—"), *Readiness.choices]
    )
    regions = forms.MultipleChoiceField(
        label=gettext_lazy("Only for these regions"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("None chosen: for all. Several with Ctrl or ⌘."),
    )
    stays_listed = forms.BooleanField(
        label=gettext_lazy("Keep in the marketplace after the event"), required=False
    )
    remove = forms.BooleanField(label=gettext_lazy("Remove this one"), required=False)

    def __init__(self, *args: Any, topics: Sequence[Topic], places: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["topics"].choices = [(str(topic.pk), str(topic)) for topic in topics]
        fields["regions"].choices = places
        if not topics:
            del self.fields["topics"]

    def clean_topics(self) -> list[str]:
        """Keep to a few: who ticks everything is found by nobody."""
        chosen: list[str] = self.cleaned_data["topics"]
        if len(chosen) > MOST_TOPICS:
            raise forms.ValidationError(
                _("Choose at most %(count)d topics: those that matter most.") % {"count": MOST_TOPICS}
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        """Ask for a text where something was said of a row."""
        cleaned: dict[str, Any] = super().clean() or {}
        said = cleaned.get("code") or cleaned.get("topics") or cleaned.get("cooperation")
        if said and not (cleaned.get("text") or cleaned.get("remove") or "text" in self.errors):
            self.add_error("text", _("Write what it is, or remove this row."))
        return cleaned

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written in a new row."""
        return not self.cleaned_data.get("code") and not self.cleaned_data.get("text")

    def draft(self) -> OfferDraft:
        """Return what was written; the form is valid."""
        data = self.cleaned_data
        return OfferDraft(
            code=data["code"],
            kind=data["kind"],
            text=data["text"],
            topics=tuple(int(pk) for pk in data.get("topics", ())),
            cooperation=data["cooperation"],
            readiness=data["readiness"],
            regions=tuple(data["regions"]),
            stays_listed=data["stays_listed"],
            remove=data["remove"],
        )


def initial_of(offer: Offer) -> dict[str, Any]:
    """Return an offer as the form shows it."""
    return {
        "code": offer.code,
        "kind": offer.kind,
        "text": offer.text,
        "topics": [str(topic.pk) for topic in offer.topics.all()],
        "cooperation": offer.cooperation,
        "readiness": offer.readiness,
        "regions": offer.regions,
        "stays_listed": offer.stays_listed,
    }


class OfferRows:
    """The rows of what she offers and seeks: those that stand, and blank ones below them.

    ``data`` is what was sent, or None. ``more`` asks for one more blank row, without anything being written.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        standing: Sequence[Offer],
        topics: Sequence[Topic],
        more: bool = False,
    ) -> None:
        # Formset without its management form: a number that somebody changed is only a number.
        options = {"topics": topics, "places": regions()}
        if data is None:
            values = [initial_of(offer) for offer in standing]
            kinds = {offer.kind for offer in standing}
            values += [{"kind": kind} for kind in OfferKind.values if kind not in kinds]
            self.forms = [
                OfferForm(prefix=f"o{index}", initial=value, **options) for index, value in enumerate(values)
            ]
        else:
            sent = _number(data.get("rows", ""))
            self.forms = [OfferForm(data, prefix=f"o{index}", **options) for index in range(sent)]
        if more and len(self.forms) < MOST_OFFERS:
            self.forms.append(
                OfferForm(prefix=f"o{len(self.forms)}", initial={"kind": OfferKind.OFFER}, **options)
            )
        self.blank = OfferForm(prefix="o__n__", initial={"kind": OfferKind.OFFER}, **options)

    def __iter__(self) -> Any:
        return iter(self.forms)

    def __len__(self) -> int:
        return len(self.forms)

    @property
    def may_grow(self) -> bool:
        """Whether another row can be added."""
        return len(self.forms) < MOST_OFFERS

    def is_valid(self) -> bool:
        """Check every row that was sent."""
        checked = [form.is_valid() for form in self.forms if form.is_bound]
        return all(checked)

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """Return (id of the field, its label, what is wrong) of all rows, for the summary on top."""
        return [
            (form[name].id_for_label or form[name].auto_id, str(form[name].label), str(error))
            for form in self.forms
            if form.is_bound
            for name, errors in form.errors.items()
            if name in form.fields
            for error in errors
        ]

    def drafts(self) -> list[OfferDraft]:
        """Return what was written, without blank rows."""
        return [form.draft() for form in self.forms if form.is_bound and not form.is_blank]


def _number(text: str) -> int:
    return min(int(text), MOST_OFFERS) if text.isascii() and text.isdigit() and len(text) < 4 else 0
