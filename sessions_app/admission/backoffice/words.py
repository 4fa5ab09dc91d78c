"""Rules of admission as sentences."""

from __future__ import annotations

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from sessions_app.admission.models import Rule, RuleMode


def rule_in_words(rule: Rule) -> str:
    """Return what the rule says as one sentence; needs its categories, gate, day and session."""
    who = ", ".join(str(category) for category in rule.categories.all()) or _("everybody")
    parts = [
        _("at %(gate)s") % {"gate": rule.gate} if rule.gate else _("at any gate"),
        _("on %(day)s") % {"day": date_format(rule.day.date, "j E")} if rule.day else _("on any day"),
    ]
    window = _window(rule)
    if window:
        parts.append(window)
    if rule.session:
        parts.append(_("with a seat in “%(session)s”") % {"session": rule.session})
    modes = {
        RuleMode.ONCE: _("once"),
        RuleMode.DAILY: _("once a day"),
        RuleMode.REENTRY: _("as often as they like"),
    }
    sentence = _("%(who)s: come in %(how)s, %(where)s.") % {
        "who": who,
        "how": modes[RuleMode(rule.mode)],
        "where": ", ".join(parts),
    }
    if rule.checks_document:
        sentence += " " + _("The document is checked.")
    return sentence[:1].upper() + sentence[1:]


def _window(rule: Rule) -> str:
    if rule.opens and rule.closes:
        return _("from %(opens)s to %(closes)s") % {
            "opens": time_format(rule.opens, "H:i"),
            "closes": time_format(rule.closes, "H:i"),
        }
    if rule.opens:
        return _("from %(opens)s") % {"opens": time_format(rule.opens, "H:i")}
    return _("until %(closes)s") % {"closes": time_format(rule.closes, "H:i")} if rule.closes else ""
