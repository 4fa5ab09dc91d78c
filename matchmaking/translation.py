"""Fields of the exchange that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from matchmaking.models import Exchange, Table


@register(Exchange)
class ExchangeTranslation(TranslationOptions):
    """The matchmaker's words to participants."""

    fields = ("introduction",)


@register(Table)
class TableTranslation(TranslationOptions):
    """Where a table stands."""

    fields = ("zone",)
