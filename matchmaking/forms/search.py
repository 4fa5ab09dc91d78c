"""What a participant looks for; all of it stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matchmaking.models import Cooperation, OfferKind
from matchmaking.queries import Filters
from network.models import Topic
from sessions_app.registration.regions import region_name

NAMES = ("q", "kind", "topic", "region", "cooperation", "cluster")


class OfferFilterForm(forms.Form):
    """Words and filters of what is offered and sought; what cannot be read asks for nothing."""

    use_required_attribute = False

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[
            ("", gettext_lazy("offers and needs")),
            (OfferKind.OFFER, gettext_lazy("offers")),
            (OfferKind.NEED, gettext_lazy("needs")),
        ],
    )
    topic = forms.TypedChoiceField(label=gettext_lazy("Topic"), required=False, coerce=int, empty_value=None)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    cooperation = forms.ChoiceField(
        label=gettext_lazy("Kind of cooperation"),
        required=False,
        choices=[("", gettext_lazy("any")), *Cooperation.choices],
    )

    def __init__(self, *args: Any, topics: Sequence[Topic], regions: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["topic"].choices = [("", _("any")), *((str(one.pk), str(one)) for one in topics)]
        named = sorted(((code, region_name(code)) for code in regions), key=lambda pair: pair[1])
        fields["region"].choices = [("", _("any")), *named]


class SearchForm(OfferFilterForm):
    """What a participant looks for among people."""

    q = forms.CharField(label=gettext_lazy("Search people"), required=False, max_length=120)
    kind = forms.ChoiceField(
        label=gettext_lazy("They"),
        required=False,
        choices=[
            ("", gettext_lazy("offer or seek")),
            (OfferKind.OFFER, gettext_lazy("offer")),
            (OfferKind.NEED, gettext_lazy("seek")),
        ],
    )
    cluster = forms.BooleanField(label=gettext_lazy("Another cluster only"), required=False)

    def __init__(self, *args: Any, has_cluster: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_cluster:
            del self.fields["cluster"]

    def filters(self) -> Filters:
        """Return what is looked for; a value that is none of the choices asks for nothing."""
        self.full_clean()
        data = self.cleaned_data
        return Filters(
            text=data.get("q", ""),
            topic=data.get("topic"),
            region=data.get("region", ""),
            kind=data.get("kind", ""),
            cooperation=data.get("cooperation", ""),
            other_cluster=bool(data.get("cluster")),
        )

    @property
    def chips(self) -> list[tuple[str, str]]:
        """Return (name, words) of each filter that is set; ``filters`` was asked before."""
        found = []
        for name in NAMES[1:]:
            value = self.cleaned_data.get(name)
            if name not in self.fields or not value:
                continue
            choices = dict(getattr(self.fields[name], "choices", ()))
            found.append((name, str(choices.get(str(value), self.fields[name].label))))
        return found
