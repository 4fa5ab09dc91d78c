"""A day's recording in a room: one clock, several cameras, their files, and the work on them.

Every time on a recording is in milliseconds on its clock, whose zero is ``Recording.starts_at``. A moment t
of a file, in milliseconds from its own start, lies at ``offset_ms + t * (1 + clock_ppm / 1e6)``.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.codes import new_code
from network.models import Person
from sessions_app.events.models import Event, Room

LONGEST_MS = 48 * 3600 * 1000


class Recording(models.Model):
    """What the cameras of one room filmed on one day of an event; ``version`` grows with all that viewers see."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="recordings", verbose_name=_("event"))
    code = models.CharField(max_length=6, default=new_code, editable=False)
    date = models.DateField(_("day"))
    room = models.ForeignKey(
        Room, models.SET_NULL, null=True, blank=True, related_name="recordings", verbose_name=_("room")
    )
    room_name = models.CharField(_("room as it was called"), max_length=120)
    starts_at = models.DateTimeField(
        _("the clock's zero"), help_text=_("When the first camera was switched on, by the clock on the wall.")
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ("date", "room_name", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("event", "date", "room_name"), name="recording_once_a_day_and_room"
            ),
            models.UniqueConstraint(fields=("event", "code"), name="recording_code_once_per_event"),
        ]

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.room_name}"

    @property
    def place(self) -> str:
        """What the room is called in the reader's language, or as it was called if it is gone."""
        return str(self.room) if self.room is not None else self.room_name


class Camera(models.Model):
    """One view of a recording. ``number`` is what viewers press; the sound of one camera is the recording's."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="cameras")
    number = models.PositiveSmallIntegerField(
        _("number"), validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    label = models.CharField(_("what it shows"), max_length=80, help_text=_("For example: closer, farther."))
    is_sound_master = models.BooleanField(_("its sound is heard"), default=False)

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=("recording", "number"), name="camera_number_once"),
            models.UniqueConstraint(
                fields=("recording",),
                condition=models.Q(is_sound_master=True),
                name="one_sound_of_a_recording",
            ),
            models.CheckConstraint(condition=models.Q(number__range=(1, 9)), name="camera_number_is_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.label}"


class Match(models.TextChoices):
    """How a file's place on the clock is known."""

    NONE = "none", _("not yet")
    FIRST = "first", _("it is the clock")
    SOUND = "sound", _("by its sound")
    HAND = "hand", _("set by hand")
    TIME = "time", _("by the camera's own date")


class CameraFile(models.Model):
    """A file that a camera wrote; a camera that was stopped in between has several.

    ``fetched_as`` is its name where it is fetched from, empty for one that was sent. ``sha256`` is empty until
    the file has been read through; ``expected_sha256`` is what its sender said. ``waveform`` holds one byte of loudness for
    each ``WAVE_MS``, 0 silent and 255 loudest. ``proposed`` is what the last alignment found but did not
    dare to use. ``sound_track`` is the sound that the pictures have in them and ``sound.mp4`` holds; ``wanted_track``
    the one that takes its place once both are made anew. There are ``previews`` small pictures, one for each ``preview_seconds``.
    """

    WAVE_MS = 100

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="files")
    event = models.ForeignKey(Event, models.CASCADE, related_name="+")  # the same file once in an event
    guid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    path = models.CharField(max_length=400)
    fetched_as = models.CharField(max_length=1024, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    expected_sha256 = models.CharField(max_length=64, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    rate = models.FloatField(default=0)
    has_sound = models.BooleanField(default=False)
    can_be_copied = models.BooleanField(default=False)
    sound_track = models.PositiveSmallIntegerField(default=0)
    wanted_track = models.PositiveSmallIntegerField(null=True, blank=True)
    loudness = models.FloatField(null=True, blank=True)
    made_at = models.DateTimeField(null=True, blank=True)
    match = models.CharField(max_length=5, choices=Match, default=Match.NONE)
    offset_ms = models.FloatField(null=True, blank=True)
    clock_ppm = models.FloatField(default=0)
    confidence = models.FloatField(null=True, blank=True)
    proposed = models.JSONField(default=dict)
    waveform = models.BinaryField(default=b"")
    preview_seconds = models.PositiveSmallIntegerField(default=0)
    previews = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("camera file")
        verbose_name_plural = _("camera files")
        ordering = ("camera", "offset_ms", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("event", "sha256"), condition=~models.Q(sha256=""), name="camera_file_once_per_event"
            ),
            models.CheckConstraint(
                condition=models.Q(match="none") | models.Q(offset_ms__isnull=False),
                name="camera_file_matched_has_offset",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> Path:
        """Where the file lies."""
        return Path(settings.MEDIA_ROOT) / self.path

    @property
    def folder(self) -> Path:
        """Where what is made of it lies."""
        return Path(settings.MEDIA_ROOT) / "recordings" / str(self.event_id) / str(self.guid)

    @property
    def first_sound(self) -> int:
        """Which of its sounds (from 0) is to be heard first, by what an editor last chose."""
        return self.sound_track if self.wanted_track is None else self.wanted_track

    def on_clock(self, ms: float) -> float:
        """Return where a moment of the file lies on the recording's clock; both in milliseconds."""
        return (self.offset_ms or 0.0) + ms * (1 + self.clock_ppm / 1e6)


class SoundTrack(models.Model):
    """One sound of a file: ``index`` counts its audio tracks from 0, ``language`` is BCP 47 or empty.

    ``is_silent`` is None until it has been listened to. Which one is heard first, and brings cameras together, is ``CameraFile.sound_track``.
    """

    file = models.ForeignKey(CameraFile, models.CASCADE, related_name="sound_tracks")
    index = models.PositiveSmallIntegerField()
    language = models.CharField(_("language"), max_length=12, blank=True)
    title = models.CharField(max_length=120, blank=True)
    channels = models.CharField(max_length=20, blank=True)
    is_published = models.BooleanField(_("is published"), default=False)
    is_silent = models.BooleanField(null=True, default=None)

    class Meta:
        verbose_name = _("sound of a file")
        verbose_name_plural = _("sounds of files")
        ordering = ("file", "index")
        constraints = [models.UniqueConstraint(fields=("file", "index"), name="sound_track_once")]

    def __str__(self) -> str:
        return f"{self.file} {self.index + 1}"


class Rendition(models.Model):
    """A file for browsers: fragments of some seconds behind one header, with where each begins.

    ``lengths`` are the fragments' seconds, ``sizes`` their bytes, from ``header`` on; ``name`` is the height
    of the picture, ``source`` for one that was copied and not encoded, ``sound`` and ``sound2`` to ``sound99``
    for those without a picture.
    """

    file = models.ForeignKey(CameraFile, models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=8)
    path = models.CharField(max_length=400)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    bandwidth = models.PositiveIntegerField(default=0)
    codecs = models.CharField(max_length=80, blank=True)
    header = models.PositiveIntegerField(default=0)
    lengths = models.JSONField(default=list)
    sizes = models.JSONField(default=list)

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ("file", "-height", "-bandwidth")
        constraints = [models.UniqueConstraint(fields=("file", "name"), name="rendition_once")]

    def __str__(self) -> str:
        return f"{self.file} {self.name}"


class Step(models.TextChoices):
    """Work on a file, or, ALIGN, POSTERS and SPEECH, on a recording; in the order in which it is done."""

    FETCH = "fetch", _("fetch the file")
    CHECK = "check", _("check the file")
    QUICK = "quick", _("publish quickly")
    SOUND = "sound", _("loudness, waveform and sound")
    ALIGN = "align", _("bring the cameras together")
    PICTURES = "pictures", _("poster and previews")
    POSTERS = "posters", _("posters of the sessions")
    LADDER = "ladder", _("encode for all screens")
    SLIDES = "slides", _("draw the slides")
    SPEECH = "speech", _("write down what is said")


class JobState(models.TextChoices):
    """Where a piece of work stands."""

    QUEUED = "queued", _("waits")
    RUNNING = "running", _("is being done")
    DONE = "done", _("done")
    SKIPPED = "skipped", _("not needed")
    FAILED = "failed", _("failed")


JOB_ACTIVE = (JobState.QUEUED, JobState.RUNNING)


class Job(models.Model):
    """One step of work. ``fault`` is a word that pages put into a sentence, ``log`` what the program said.

    ``leased_until`` tells a dead worker's job from one that is being worked on; ``attempts`` is also what a
    worker shows that the job is still its own. ``share`` is how much is done, from 0 to 1.
    """

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="jobs")
    file = models.ForeignKey(CameraFile, models.CASCADE, null=True, blank=True, related_name="jobs")
    deck = models.ForeignKey("SlideDeck", models.CASCADE, null=True, blank=True, related_name="jobs")
    step = models.CharField(max_length=8, choices=Step)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.QUEUED)
    share = models.FloatField(default=0)
    fault = models.CharField(max_length=40, blank=True)
    log = models.TextField(blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("work on a recording")
        verbose_name_plural = _("work on recordings")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("file", "step"),
                condition=models.Q(state__in=JOB_ACTIVE),
                name="one_job_a_file_and_step",
            ),
            models.UniqueConstraint(
                fields=("recording", "step"),
                condition=models.Q(state__in=JOB_ACTIVE, file__isnull=True, deck__isnull=True),
                name="one_job_a_recording_and_step",
            ),
            models.CheckConstraint(condition=models.Q(state__in=JobState.values), name="job_state_known"),
            models.CheckConstraint(condition=models.Q(step__in=Step.values), name="job_step_known"),
        ]
        indexes = [models.Index(fields=("state", "leased_until"), name="job_to_be_had")]

    def __str__(self) -> str:
        return f"{self.step} {self.state}"

    @property
    def is_active(self) -> bool:
        """Tell whether it waits or is being done."""
        return self.state in JOB_ACTIVE

    def seconds_left(self, now: Any) -> float | None:
        """Return how long it will take from ``now`` at the speed so far, or None while that cannot be told."""
        if self.state != JobState.RUNNING or self.started_at is None or self.share < 0.02:
            return None
        return float((now - self.started_at).total_seconds() * (1 - self.share) / self.share)


class Upload(models.Model):
    """A file on its way here, by tus 1.0; what has arrived lies on disk, and its length is the offset."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="uploads")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    camera_label = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("created_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> Path:
        """Where what has arrived lies."""
        return Path(settings.MEDIA_ROOT) / "uploads" / str(self.id)
