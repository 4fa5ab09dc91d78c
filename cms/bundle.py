"""Joins style sheets and scripts, so that a page asks for few files and none that it has no use for.

A finder of static files: development, tests and ``collectstatic`` all get the joined file,
which is written anew whenever a source has changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

SOURCES = Path(__file__).resolve().parent / "static" / "cms"
# What only content pages, only programme pages or only printed sheets need; all else is common to every page.
PARTS: dict[str, tuple[str, ...]] = {
    "cms/content.css": ("event.css", "cms.css"),
    "cms/programme.css": ("timetable.css", "public-pages.css"),
    "cms/paper.css": ("paper.css",),
}
# Scripts of one page that are written as modules, each after those that it imports.
DOOR = SOURCES.parents[2] / "sessions_app" / "admission" / "static" / "admission" / "door"
MODULES: dict[str, tuple[Path, ...]] = {
    "admission/door.js": tuple(
        DOOR / f"{name}.js"
        for name in ("codes", "rules", "judge", "store", "wire", "keep", "keys", "camera", "screen", "door")
    ),
    "admission/ticket.js": (DOOR / "keep.js", DOOR / "ticket.js"),
}
BUNDLES = ("cms/plenum.css", *PARTS, "cms/plenum.js", *MODULES)


class BundleFinder(BaseFinder):
    """Finds the joined files."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.target = Path(settings.VAR_DIR) / "bundles"
        self.storage = FileSystemStorage(location=self.target)
        super().__init__()

    def check(self, **kwargs: Any) -> list[Any]:
        """Have nothing to complain of: there are no settings."""
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        """Return the joined file's path, or an empty list for anything else."""
        if path not in BUNDLES:
            return []
        found = str(self._written(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Storage]]:
        """Yield the joined files."""
        for path in BUNDLES:
            self._written(path)
            yield path, self.storage

    def _written(self, path: str) -> Path:
        """Write the joined file when it differs from what is there, and return its path."""
        sources = sources_of(path)
        if path in MODULES:
            joined = joined_modules(sources)
        else:
            joined = joined_css(sources) if path.endswith(".css") else joined_js(sources)
        target = self.target / path
        if not target.exists() or target.read_text(encoding="utf-8") != joined:
            target.parent.mkdir(parents=True, exist_ok=True)
            new = target.with_suffix(f".{os.getpid()}")
            new.write_text(joined, encoding="utf-8")
            new.replace(target)
        return target


def sources_of(path: str) -> list[Path]:
    """Return the files that a joined file is made of, the tokens first: they name the order of the layers."""
    if path in MODULES:
        return list(MODULES[path])
    if path in PARTS:
        return [SOURCES / "css" / name for name in PARTS[path]]
    kind = path.rpartition(".")[2]
    elsewhere = {name for names in PARTS.values() for name in names}
    found = (file for file in (SOURCES / kind).glob(f"*.{kind}") if file.name not in elsewhere)
    return sorted(found, key=lambda file: (file.stem != "tokens", file.name))


def joined_css(sources: Iterable[Path]) -> str:
    """Return the style sheets as one, without comments and spare white space."""
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = text.replace('url("../../', 'url("../')  # the joined file lies one folder higher
    text = re.sub(r"\s+", " ", text)
    # No selector holds a colon before a space, so that one is always a declaration's.
    return re.sub(r"\s*([{};,])\s*", r"\1", text).replace(": ", ":").replace(";}", "}").strip() + "\n"


def joined_js(sources: Iterable[Path]) -> str:
    """Return the scripts as one module, each in a block of its own so that no names meet."""
    parts = []
    for source in sources:
        text = source.read_text(encoding="utf-8")
        parts.append("{\n" + re.sub(r"^\s*(//.*)?\n", "", text, flags=re.MULTILINE) + "}\n")
    return "".join(parts)


def joined_modules(sources: Iterable[Path]) -> str:
    """Return modules that import only each other as one; their own names must differ."""
    text = "\n".join(source.read_text(encoding="utf-8") for source in sources)
    text = re.sub(r"^import .*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
    return re.sub(r"^\s*(//.*)?\n", "", text, flags=re.MULTILINE)
