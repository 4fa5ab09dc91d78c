"""Addresses of recordings in the back office, all of one event below ``recordings/{slug}/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from media_archive.backoffice import (
    cuts,
    files,
    listening,
    materials,
    overview,
    recording,
    sounds,
    uploads,
    words,
)

EVENT = "recordings/<slug:slug>/"
ONE = f"{EVENT}<slug:code>/"
CUT = f"{EVENT}cuts/<slug:code>/"

urlpatterns: list[URLPattern] = [
    path("recordings/", overview.EventsView.as_view(), name="backoffice_media"),
    path(EVENT, overview.OverviewView.as_view(), name="backoffice_recordings"),
    path(f"{EVENT}new/", overview.NewRecordingView.as_view(), name="backoffice_recording_new"),
    path(f"{EVENT}open/", overview.OpenRecordingView.as_view(), name="backoffice_recording_open"),
    path(f"{EVENT}elsewhere/", overview.ElsewhereView.as_view(), name="backoffice_elsewhere"),
    path(f"{EVENT}cut-day/", overview.CutDayView.as_view(), name="backoffice_cut_day"),
    path(f"{EVENT}results/", materials.MaterialsView.as_view(), name="backoffice_results"),
    path(f"{EVENT}results/new/", materials.MaterialView.as_view(), name="backoffice_result_new"),
    path(f"{EVENT}results/<int:pk>/", materials.MaterialView.as_view(), name="backoffice_result"),
    path(
        f"{EVENT}results/<int:pk>/remove/",
        materials.RemoveMaterialView.as_view(),
        name="backoffice_result_remove",
    ),
    path(CUT, cuts.CutView.as_view(), name="backoffice_cut"),
    path(f"{CUT}act/", cuts.CutActView.as_view(), name="backoffice_cut_act"),
    path(f"{CUT}link/", cuts.LinkView.as_view(), name="backoffice_cut_link"),
    path(f"{CUT}chapters/", cuts.ChaptersView.as_view(), name="backoffice_cut_chapters"),
    path(ONE, recording.RecordingView.as_view(), name="backoffice_recording"),
    path(f"{ONE}act/", recording.RecordingActView.as_view(), name="backoffice_recording_act"),
    path(f"{ONE}clock/", recording.ClockView.as_view(), name="backoffice_recording_clock"),
    path(f"{ONE}cameras/<int:pk>/", recording.CameraView.as_view(), name="backoffice_camera"),
    path(f"{ONE}files/<int:pk>/camera/", files.FileCameraView.as_view(), name="backoffice_file_camera"),
    path(f"{ONE}files/<int:pk>/place/", files.PlaceView.as_view(), name="backoffice_file_place"),
    path(f"{ONE}files/<int:pk>/sounds/", sounds.SoundsView.as_view(), name="backoffice_file_sounds"),
    path(f"{ONE}files/<int:pk>/previews/", files.PreviewsView.as_view(), name="backoffice_previews"),
    path(f"{ONE}publish/", cuts.PublishView.as_view(), name="backoffice_publish"),
    path(f"{ONE}wave/", listening.WaveView.as_view(), name="backoffice_wave"),
    path(f"{ONE}clip/", listening.ClipView.as_view(), name="backoffice_clip"),
    path(f"{ONE}transcript/", words.TranscriptView.as_view(), name="backoffice_transcript"),
    path(f"{ONE}slides/", words.SlidesView.as_view(), name="backoffice_slides"),
    path(f"{ONE}slides/<int:pk>/", words.MarksView.as_view(), name="backoffice_slides_marks"),
    path(f"{ONE}uploads/", uploads.UploadsView.as_view(), name="backoffice_uploads"),
]
