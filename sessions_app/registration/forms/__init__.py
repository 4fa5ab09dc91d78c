"""Forms of registration, made from an event's questions."""

from sessions_app.registration.forms.registering import CodeForm, RegistrationForm

__all__ = ["CodeForm", "RegistrationForm"]
