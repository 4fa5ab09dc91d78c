"""Draws the pages of slides; only the media worker imports it, because pdfium is heavy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
from django.conf import settings

from media_archive.ffmpeg import MediaFault
from media_archive.models import SlideDeck
from media_archive.packaging import workshop
from media_archive.services.filming import touch

WIDTH = 1280  # pixels
MOST_PAGES = 500
LARGEST = 14_400  # points, the most that PDF allows a page's side


def draw_pages(deck: SlideDeck, on_progress: Callable[[float], bool]) -> None:
    """Draw each page as a picture of 1280 pixels' width. Raises MediaFault for what is no PDF, or too long."""
    path = Path(settings.MEDIA_ROOT) / deck.path
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        raise MediaFault("no_pdf", str(error)) from error
    try:
        pages = len(document)
        if not 1 <= pages <= MOST_PAGES:
            raise MediaFault("too_many_pages", str(pages))
        with workshop(deck.folder, "pages") as place:
            for number in range(pages):
                _draw(document, number, place / f"{number + 1}.jpg")
                if not on_progress((number + 1) / pages):
                    raise MediaFault("stopped")
            for picture in place.glob("*.jpg"):
                picture.replace(deck.folder / picture.name)
    except pypdfium2.PdfiumError as error:
        raise MediaFault("no_pdf", str(error)) from error
    finally:
        document.close()
    SlideDeck.objects.filter(pk=deck.pk).update(pages=pages)
    touch(deck.recording)


def _draw(document: pypdfium2.PdfDocument, number: int, target: Path) -> None:
    page = document[number]
    width, height = page.get_size()
    if not (0 < width <= LARGEST and 0 < height <= LARGEST and height / width < 10):
        raise MediaFault("no_pdf", f"page {number + 1} has {width:.0f} x {height:.0f} points")
    bitmap = page.render(scale=WIDTH / width)
    bitmap.to_pil().convert("RGB").save(target, quality=82)
    bitmap.close()
    page.close()
