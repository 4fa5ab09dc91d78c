"""Recordings of a day in a room, the cameras that made them, and what is cut out of them and said in them."""

from media_archive.models.applause import Applause
from media_archive.models.cuts import Access, Cut, CutLink, CutState
from media_archive.models.materials import Material, MaterialKind, SlideDeck, SlideMark
from media_archive.models.recordings import (
    LONGEST_MS,
    Camera,
    CameraFile,
    Job,
    JobState,
    Match,
    Recording,
    Rendition,
    SoundTrack,
    Step,
    Upload,
)
from media_archive.models.words import Chapter, Cue, Transcript

__all__ = [
    "LONGEST_MS",
    "Access",
    "Applause",
    "Camera",
    "CameraFile",
    "Chapter",
    "Cue",
    "Cut",
    "CutLink",
    "CutState",
    "Job",
    "JobState",
    "Match",
    "Material",
    "MaterialKind",
    "Recording",
    "Rendition",
    "SlideDeck",
    "SlideMark",
    "SoundTrack",
    "Step",
    "Transcript",
    "Upload",
]
