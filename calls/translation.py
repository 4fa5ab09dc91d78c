"""Fields of a call that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from calls.models import Call, PanelMember


@register(Call)
class CallTranslation(TranslationOptions):
    """The call's title."""

    fields = ("title",)


@register(PanelMember)
class PanelMemberTranslation(TranslationOptions):
    """For whom a member sits there."""

    fields = ("organisation",)
