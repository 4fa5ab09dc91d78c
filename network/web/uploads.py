"""What people upload: judged by its content, never by its name, and kept under a random one."""

from __future__ import annotations

import re
import secrets
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, UnidentifiedImageError

MEGABYTE = 1024 * 1024
MAX_BYTES = 50 * MEGABYTE
MAX_UNPACKED = 500 * MEGABYTE
MAX_PACKED_FILES = 10_000
MAX_PIXELS = 80_000_000


class UploadRefused(ValueError):
    """The file is not taken; the message says why, in the reader's language."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is taken."""

    extension: str
    content_type: str
    name: object


KINDS = {
    kind.extension: kind
    for kind in (
        Kind("pdf", "application/pdf", "PDF"),
        Kind("png", "image/png", "PNG"),
        Kind("jpg", "image/jpeg", "JPEG"),
        Kind("webp", "image/webp", "WebP"),
        Kind(
            "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint"
        ),
        Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word"),
        Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel"),
        Kind("odp", "application/vnd.oasis.opendocument.presentation", "OpenDocument"),
        Kind("odt", "application/vnd.oasis.opendocument.text", "OpenDocument"),
        Kind("ods", "application/vnd.oasis.opendocument.spreadsheet", "OpenDocument"),
        Kind("zip", "application/zip", "ZIP"),
        Kind("txt", "text/plain", gettext_lazy("plain text")),
    )
}
_IMAGES = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
_OFFICE = {"pptx": "ppt/presentation.xml", "docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
_MARKUP = re.compile(
    rb"<\s*(!doctype|html|script|svg|\?xml|body|iframe|head|style|object|embed|img|a\s)", re.I
)


@dataclass(frozen=True, slots=True)
class CheckedUpload:
    """A file that may be kept: ``name`` is random, ``original_name`` is for people to read."""

    file: UploadedFile[bytes]
    kind: Kind
    name: str
    original_name: str


def check_upload(
    file: UploadedFile[bytes], *, kinds: Iterable[str] = KINDS, max_bytes: int = MAX_BYTES
) -> CheckedUpload:
    """Return the file with its kind and names; raise UploadRefused for what is too large or not wanted."""
    allowed = tuple(kinds)
    if not file.size:
        raise UploadRefused(_("The file is empty."))
    if file.size > max_bytes:
        raise UploadRefused(
            _("The file has %(size)d MB; at most %(limit)d MB are taken.")
            % {"size": -(-file.size // MEGABYTE), "limit": max_bytes // MEGABYTE}
        )
    kind = _kind_of(file)
    file.seek(0)
    if kind is None or kind.extension not in allowed:
        names = ", ".join(dict.fromkeys(str(KINDS[one].name) for one in allowed))
        raise UploadRefused(
            _("The content of this file is none of the kinds that are taken: %(kinds)s.") % {"kinds": names}
        )
    original = cleaned_name(file.name or "", kind.extension)
    return CheckedUpload(file, kind, f"{secrets.token_hex(16)}.{kind.extension}", original)


def cleaned_name(name: str, extension: str) -> str:
    """Return a name without folders, control and direction marks, ending in the true extension."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    stem = PurePosixPath(PurePosixPath(name).name).stem
    stem = "".join(sign for sign in stem if unicodedata.category(sign)[0] != "C")
    stem = re.sub(r'[<>:"/|?*\s]+', " ", stem).strip(" .")[:120]
    return f"{stem or 'file'}.{extension}"


def _kind_of(file: UploadedFile[bytes]) -> Kind | None:
    file.seek(0)
    head = file.read(8192)
    guess = filetype.guess(head)
    extension = guess.extension if guess else ""
    if extension in _IMAGES:
        return _image(file, extension)
    if head.startswith(b"%PDF-"):
        return _pdf(file)
    if head.startswith(b"PK\x03\x04"):
        return _archive(file)
    return _text(file) if guess is None else None


def _image(file: UploadedFile[bytes], extension: str) -> Kind | None:
    file.seek(0)
    try:
        with Image.open(file, formats=[_IMAGES[extension]]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UploadRefused(_("The picture has too many pixels."))
            image.verify()
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, UploadRefused):
            raise
        raise UploadRefused(_("The picture is damaged.")) from error
    return KINDS[extension]


def _pdf(file: UploadedFile[bytes]) -> Kind | None:
    file.seek(max(0, (file.size or 0) - 2048))
    if b"%%EOF" not in file.read():
        raise UploadRefused(_("The PDF is damaged: its end is missing."))
    return KINDS["pdf"]


def _archive(file: UploadedFile[bytes]) -> Kind | None:
    """Look into the archive without unpacking it: its directory says how large it would be."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_PACKED_FILES or sum(one.file_size for one in entries) > MAX_UNPACKED:
                raise UploadRefused(_("Unpacked, the archive would be too large."))
            names = {one.filename for one in entries}
            if any(name.startswith("/") or ".." in name.replace("\\", "/").split("/") for name in names):
                raise UploadRefused(_("The archive holds files that point outside of it."))
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise UploadRefused(_("Documents with macros are not taken."))
            return _office(archive, names)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError) as error:
        raise UploadRefused(_("The archive is damaged.")) from error


def _office(archive: zipfile.ZipFile, names: set[str]) -> Kind:
    for extension, part in _OFFICE.items():
        if part in names and "[Content_Types].xml" in names:
            return KINDS[extension]
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        declared = archive.read("mimetype").decode("ascii", "replace").strip()
        for kind in KINDS.values():
            if kind.content_type == declared:
                return kind
    return KINDS["zip"]


def _text(file: UploadedFile[bytes]) -> Kind | None:
    file.seek(0)
    content = file.read()
    if b"\x00" in content or _MARKUP.search(content[:65536]):
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return KINDS["txt"]
