"""Fields of recordings that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from media_archive.models import Chapter, Material


@register(Chapter)
class ChapterTranslation(TranslationOptions):
    """A chapter is read by both audiences."""

    fields = ("title",)


@register(Material)
class MaterialTranslation(TranslationOptions):
    """A decision is read by both audiences."""

    fields = ("title", "text")
