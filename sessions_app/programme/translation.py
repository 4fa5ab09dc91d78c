"""Fields of sessions that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from sessions_app.programme.models import Release, Session, SessionMaterial, SessionRole


@register(Session)
class SessionTranslation(TranslationOptions):
    """Texts of a session."""

    fields = ("title", "subtitle", "abstract", "description")


@register(SessionRole)
class SessionRoleTranslation(TranslationOptions):
    """Post and organisation as printed."""

    fields = ("post", "organisation_name")


@register(SessionMaterial)
class SessionMaterialTranslation(TranslationOptions):
    """A material's title."""

    fields = ("title",)


@register(Release)
class ReleaseTranslation(TranslationOptions):
    """What is new, for the public."""

    fields = ("note",)
