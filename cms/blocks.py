"""The blocks that pages are composed of; live ones show what the programme says now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from cms.choosers import OrganisationChooserBlock
from cms.links import safe_address, slug_from, validate_address

RICH_TEXT = ["bold", "italic", "ol", "ul", "link", "document-link"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a page and the anchor that leads to it."""

    text: str
    anchor: str


class HeadingBlock(blocks.StructBlock):
    """A heading with an anchor made from its words."""

    text = blocks.CharBlock(label=_("text"), max_length=200)
    level = blocks.ChoiceBlock(
        [("2", _("section")), ("3", _("part of a section"))], default="2", label=_("level")
    )

    class Meta:
        icon = "title"
        label = _("heading")
        template = "blocks/heading.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the anchor."""
        context: dict[str, Any] = super().get_context(value, parent_context)
        return context | {"anchor": slug_from(value["text"], "section")}


class PictureBlock(blocks.StructBlock):
    """A picture that says in words what it shows."""

    image = ImageChooserBlock(label=_("picture"))
    alt = blocks.CharBlock(
        label=_("what it shows"), max_length=250, help_text=_("Read aloud to people who cannot see it.")
    )
    caption = blocks.CharBlock(label=_("caption"), max_length=250, required=False)

    class Meta:
        icon = "image"
        label = _("picture")
        template = "blocks/picture.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words."""

    text = blocks.TextBlock(label=_("text"))
    name = blocks.CharBlock(label=_("who said it"), max_length=200, required=False)
    post = blocks.CharBlock(label=_("post"), max_length=300, required=False)

    class Meta:
        icon = "openquote"
        label = _("quote")
        template = "blocks/quote.html"


class LinkValue(blocks.StructValue):
    """A link's target."""

    @property
    def href(self) -> str:
        """Return where the link leads: the page in the reader's language, or a harmless address."""
        page = self.get("page")
        if page is None:
            return safe_address(self.get("address") or "")
        return page.specific.address(get_language() or "en") if page.live else ""


class LinkBlock(blocks.StructBlock):
    """A button's words, and the page or address that it leads to."""

    label = blocks.CharBlock(label=_("words on the button"), max_length=60)
    page = blocks.PageChooserBlock(label=_("page"), required=False)
    address = blocks.CharBlock(
        label=_("or an address"), max_length=300, required=False, validators=[validate_address]
    )

    class Meta:
        icon = "link"
        label = _("link")
        value_class = LinkValue

    def clean(self, value: Any) -> Any:
        """Ask for one of the two."""
        cleaned = super().clean(value)
        if bool(cleaned.get("page")) == bool(cleaned.get("address")):
            error = ValidationError(_("Choose a page or write an address, one of the two."))
            raise blocks.StructBlockValidationError(block_errors={"address": error})
        return cleaned


class CallBlock(blocks.StructBlock):
    """A call to action."""

    heading = blocks.CharBlock(label=_("heading"), max_length=160)
    text = blocks.TextBlock(label=_("text"), required=False)
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=2, label=_("buttons"))

    class Meta:
        icon = "pick"
        label = _("call to action")
        template = "blocks/call.html"


class FigureBlock(blocks.StructBlock):
    """One number and what it counts."""

    number = blocks.CharBlock(label=_("number"), max_length=12)
    label = blocks.CharBlock(label=_("what it counts"), max_length=80)

    class Meta:
        icon = "order"
        label = _("number")


class FiguresBlock(blocks.StructBlock):
    """Key figures as big numerals; the programme's own may stand before them."""

    heading = blocks.CharBlock(label=_("heading"), max_length=160, required=False)
    from_programme = blocks.BooleanBlock(
        label=_("count the programme"), required=False, help_text=_("Days, sessions, people, organisations.")
    )
    figures = blocks.ListBlock(FigureBlock(), label=_("numbers"), min_num=0, max_num=6, default=[])

    class Meta:
        icon = "order"
        label = _("key figures")
        template = "blocks/figures.html"


class VideoBlock(blocks.StructBlock):
    """A link to a video elsewhere, opened there: nothing of it is loaded before."""

    title = blocks.CharBlock(label=_("title"), max_length=200)
    address = blocks.URLBlock(label=_("address"))
    note = blocks.CharBlock(label=_("note"), max_length=200, required=False)

    class Meta:
        icon = "media"
        label = _("video link")
        template = "blocks/video.html"


class NewsBlock(blocks.StructBlock):
    """The newest articles."""

    heading = blocks.CharBlock(label=_("heading"), max_length=160, required=False)
    count = blocks.IntegerBlock(label=_("how many"), default=3, min_value=1, max_value=12)
    only_event = blocks.BooleanBlock(label=_("only of this event"), required=False)

    class Meta:
        icon = "doc-full"
        label = _("news")
        template = "blocks/news.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Add the articles."""
        from cms.queries import news

        context: dict[str, Any] = super().get_context(value, parent_context)
        event = context.get("event") if value["only_event"] else None
        return context | {"articles": list(news(event)[: value["count"]])}


class EventsBlock(blocks.StructBlock):
    """Events that come or run, then those that are over."""

    heading = blocks.CharBlock(label=_("heading"), max_length=160, required=False)

    class Meta:
        icon = "date"
        label = _("events")
        template = "blocks/events.html"


class PartnersBlock(blocks.StructBlock):
    """A group of organisations by name."""

    heading = blocks.CharBlock(label=_("heading"), max_length=160)
    note = blocks.CharBlock(label=_("note"), max_length=300, required=False)
    organisations = blocks.ListBlock(OrganisationChooserBlock(), label=_("organisations"))

    class Meta:
        icon = "group"
        label = _("partners")
        template = "blocks/partners.html"


class LivePart(blocks.StructBlock):
    """A part of an event's page that writes itself; a heading of one's own may replace the usual one."""

    heading = blocks.CharBlock(label=_("heading"), max_length=160, required=False)


class ProgrammeDaysBlock(LivePart):
    """The days, their themes and how many sessions they hold."""

    class Meta:
        icon = "date"
        label = _("programme: days")
        template = "blocks/programme_days.html"


class SpeakersBlock(LivePart):
    """The people of the programme, moderators and speakers of the main sessions first."""

    count = blocks.IntegerBlock(label=_("how many"), default=12, min_value=2, max_value=48)

    class Meta:
        icon = "user"
        label = _("programme: people")
        template = "blocks/speakers.html"


class OrganisersBlock(LivePart):
    """The event's organisers, all equal."""

    class Meta:
        icon = "group"
        label = _("organisers")
        template = "blocks/organisers.html"


class VenueBlock(LivePart):
    """Where it takes place and how to get in."""

    class Meta:
        icon = "site"
        label = _("venue")
        template = "blocks/venue.html"


class ReleaseBlock(LivePart):
    """The newest release of the programme and what it says."""

    class Meta:
        icon = "history"
        label = _("programme: latest release")
        template = "blocks/release.html"


class RecordingsBlock(LivePart):
    """What to expect of recordings."""

    text = blocks.TextBlock(label=_("text"), required=False)

    class Meta:
        icon = "media"
        label = _("recordings")
        template = "blocks/recordings.html"


TEXT_BLOCKS: list[tuple[str, blocks.Block]] = [
    ("heading", HeadingBlock()),
    (
        "text",
        blocks.RichTextBlock(
            features=RICH_TEXT, label=_("text"), icon="pilcrow", template="blocks/text.html"
        ),
    ),
    ("picture", PictureBlock()),
    ("quote", QuoteBlock()),
    ("call", CallBlock()),
    ("figures", FiguresBlock()),
    ("video", VideoBlock()),
]
STANDARD_BLOCKS = [*TEXT_BLOCKS, ("partners", PartnersBlock())]
PARTNER_BLOCKS = [("partners", PartnersBlock()), TEXT_BLOCKS[0], TEXT_BLOCKS[1], ("call", CallBlock())]
HOME_BLOCKS = [*STANDARD_BLOCKS, ("events", EventsBlock()), ("news", NewsBlock())]
EVENT_BLOCKS = [
    ("programme_days", ProgrammeDaysBlock()),
    ("speakers", SpeakersBlock()),
    ("organisers", OrganisersBlock()),
    ("venue", VenueBlock()),
    ("release", ReleaseBlock()),
    ("recordings", RecordingsBlock()),
    ("news", NewsBlock()),
    *STANDARD_BLOCKS,
]


def headings_of(body: Iterable[Any]) -> list[Heading]:
    """Return the section headings of a stream."""
    return [
        Heading(part.value["text"], slug_from(part.value["text"], "section"))
        for part in body
        if part.block_type == "heading" and part.value["level"] == "2"
    ]
