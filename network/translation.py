"""Fields of the network that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from network.models import Organisation, Person, Topic


@register(Person)
class PersonTranslation(TranslationOptions):
    """A biography in each language; names are written as people write them."""

    fields = ("biography",)


@register(Organisation)
class OrganisationTranslation(TranslationOptions):
    """Names and texts of an organisation."""

    fields = ("name", "short_name", "city", "about")


@register(Topic)
class TopicTranslation(TranslationOptions):
    """Names of topics."""

    fields = ("name",)
