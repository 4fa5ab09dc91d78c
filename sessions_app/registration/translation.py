"""Fields of registration that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from sessions_app.registration.models import (
    Category,
    Choice,
    MessageTemplate,
    Question,
    Quota,
    RegistrationSettings,
)


@register(RegistrationSettings)
class RegistrationSettingsTranslation(TranslationOptions):
    """Texts around the form."""

    fields = ("introduction", "consent_text")


@register(Quota)
class QuotaTranslation(TranslationOptions):
    """A quota's name."""

    fields = ("name",)


@register(Category)
class CategoryTranslation(TranslationOptions):
    """What a category is called, and its word on the badge."""

    fields = ("name", "description", "badge_word")


@register(Question)
class QuestionTranslation(TranslationOptions):
    """What is asked."""

    fields = ("label", "help", "text")


@register(Choice)
class ChoiceTranslation(TranslationOptions):
    """What can be chosen."""

    fields = ("label",)


@register(MessageTemplate)
class MessageTemplateTranslation(TranslationOptions):
    """The organiser's words."""

    fields = ("subject", "body")
