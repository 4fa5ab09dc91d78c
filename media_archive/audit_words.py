"""What this app's actions are called in the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.audit_words import name_actions

name_actions(
    {
        "media.recording_opened": _("recording begun"),
        "media.recording_removed": _("recording deleted"),
        "media.camera_changed": _("camera changed"),
        "media.upload_begun": _("upload of a recording begun"),
        "media.file_taken": _("file of a recording taken in"),
        "media.file_placed": _("file of a recording placed on the clock"),
        "media.file_moved": _("file of a recording given to another camera"),
        "media.file_dropped": _("file of a recording deleted"),
        "media.clock_set": _("clock of a recording set"),
        "media.sounds_chosen": _("sounds of a recording chosen"),
        "media.silence_passed_over": _("silent default sound of a recording replaced by one that is heard"),
        "media.sounds_looked_for": _("sounds of a recording looked for"),
        "media.job_again": _("work on a recording tried again"),
        "media.sessions_cut": _("sessions cut out of a recording"),
        "media.day_cut": _("recording of a whole day made"),
        "media.cut_moved": _("start and end of a cut changed"),
        "media.cut_described": _("results beside a cut changed"),
        "media.cut_linked": _("recording elsewhere linked"),
        "media.cut_published": _("cut published"),
        "media.cut_withdrawn": _("cut withdrawn"),
        "media.cut_removed": _("cut deleted"),
        "media.link_made": _("link to a cut made"),
        "media.link_revoked": _("link to a cut revoked"),
        "media.transcript_taken": _("transcript taken in"),
        "media.transcript_dropped": _("transcript deleted"),
        "media.chapters_set": _("chapters changed"),
        "media.slides_added": _("slides added"),
        "media.slides_marked": _("times of slides changed"),
        "media.slides_removed": _("slides deleted"),
        "media.material_saved": _("material saved"),
        "media.material_removed": _("material deleted"),
    }
)
