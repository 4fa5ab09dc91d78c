"""Fields of an event that are written once per language."""

from modeltranslation.translator import TranslationOptions, register

from sessions_app.events.models import Event, EventDay, Room, Track, Venue


@register(Event)
class EventTranslation(TranslationOptions):
    """Texts of the event."""

    fields = ("name", "kind", "summary", "note")


@register(EventDay)
class EventDayTranslation(TranslationOptions):
    """A day's theme."""

    fields = ("title", "summary")


@register(Venue)
class VenueTranslation(TranslationOptions):
    """Where it is."""

    fields = ("name", "address", "city", "access_notes")


@register(Room)
class RoomTranslation(TranslationOptions):
    """A room's name and place."""

    fields = ("name", "place")


@register(Track)
class TrackTranslation(TranslationOptions):
    """A track's name."""

    fields = ("name",)
