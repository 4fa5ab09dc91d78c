"""Fields of recordings that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from media_archive.models import Chapter, Cut, Material


@register(Chapter)
class ChapterTranslation(TranslationOptions):
    """A chapter is read by both audiences."""

    fields = ("title",)


@register(Cut)
class CutTranslation(TranslationOptions):
    """What came of a session is read by both audiences; its title stands in the programme."""

    fields = ("summary",)


@register(Material)
class MaterialTranslation(TranslationOptions):
    """A decision is read by both audiences."""

    fields = ("title", "text")
