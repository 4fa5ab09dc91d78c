"""Why a change to recordings was refused, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from media_archive import errors
from media_archive.services.uploading import TooLarge


def in_words(error: errors.MediaError) -> str:
    """Return what stood in the way and what to do, in the active language."""
    match error:
        case errors.TooManyCameras():
            return _("A recording has at most nine cameras. Name one of those that are there, or remove one.")
        case errors.NotAligned():
            return _("No file of that day is on the clock yet. Wait for its check, or place it by hand.")
        case errors.NothingRecorded():
            return _("There is no recording of that day yet, or the programme has not been released.")
        case errors.NoSuchFile():
            return _("There is no such file where recordings are taken from.")
        case errors.InboxAway():
            return _("The place where recordings lie cannot be reached now. Try again in a while.")
        case errors.NoRoom():
            return _(
                "There is no room left on the server. Nothing was kept of the file; send it again when there is."
            )
        case errors.WrongState():
            return _("It is not in that state any more. Load the page again.")
        case errors.WrongAddress():
            return _("The address must begin with https:// or http://.")
        case errors.BeingAligned():
            return _("The cameras of this room are being brought together. Try again in some minutes.")
        case TooLarge():
            return _("The file is empty, or larger than this server takes.")
        case _:
            return _("This cannot be done now. Load the page again.")
