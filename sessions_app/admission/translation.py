"""Fields of admission that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from sessions_app.admission.models import Gate


@register(Gate)
class GateTranslation(TranslationOptions):
    """A gate's name."""

    fields = ("name",)
