"""Why work on a recording failed, in words: what happened and what to do."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from media_archive.models import Job

WORDS: dict[str, Promise] = {
    "not_fetched": _("The place where the file lies could not be reached. Run this step again; what has arrived is kept."),
    "not_there": _("The file lies there no more. Take it in again by its new name."),
    "empty": _("The file is empty: it was probably not copied whole. Upload it again."),
    "unknown": _("By its content this is no recording that we can read. Take MP4, MOV, MKV, MXF or MPEG-TS from the camera."),
    "unreadable": _("The file is damaged or cut off. Copy it from the camera once more; a repair tool may save what is there."),
    "too_many_pixels": _("The picture is larger than 4K. Export it smaller and upload it again."),
    "nothing_to_play": _("The file holds neither picture nor sound."),
    "replaced": _("The file was replaced while it was fetched: it is probably still being written there. Run this step again when it is whole."),
    "no_room": _("There is no room left on the server's disk. Free some and run this step again."),
    "too_slow": _("This took far too long and was stopped. Run it again when the server is less busy."),
    "stopped": _("This was stopped. Run it again."),
    "broken": _("The program that works on recordings failed. What it said stands below; run the step again."),
    "killed": _("The worker died three times at this step. The file may be what kills it; look at it before you run the step again."),
    "gone": _("The file could not be read or written on the server's disk. Run the step again when that is mended."),
    "same_file": _("The event has this very file already. Remove one of the two."),
    "other_sha256": _("What arrived is not what was sent: the checksums differ. Upload the file again."),
    "no_pdf": _("This is no PDF that can be drawn. Export the slides as PDF again."),
    "too_many_pages": _("The slides have more than 500 pages. Split them."),
    "no_command": _("No program for writing down speech is set up on this server (SPEECH_COMMAND)."),
    "nothing_sounds": _("No camera has sound that could bring them together. Place the files by hand."),
    "not_sure": _("The sound does not tell for sure how the cameras lie. Look at the proposal and place the files by hand."),
}  # fmt: skip


def sentence_of(job: Job) -> str:
    """Return why a job failed, in the active language."""
    return str(WORDS.get(job.fault, WORDS["broken"]))
