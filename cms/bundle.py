"""Joins the style sheets into one file and the scripts into another, so that a page asks for two.

A finder of static files: development, tests and ``collectstatic`` all get the joined file,
which is written anew whenever a source is younger.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

SOURCES = Path(__file__).resolve().parent / "static" / "cms"
BUNDLES: dict[str, tuple[str, str]] = {
    "cms/plenum.css": ("css", "*.css"),
    "cms/plenum.js": ("js", "*.js"),
}


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
        """Write the joined file when a source is younger, and return its path."""
        folder, pattern = BUNDLES[path]
        # The tokens come first: they name the order of the layers.
        sources = sorted(
            (SOURCES / folder).glob(pattern), key=lambda file: (file.stem != "tokens", file.name)
        )
        target = self.target / path
        newest = max(source.stat().st_mtime for source in [*sources, Path(__file__)])
        if not target.exists() or target.stat().st_mtime < newest:
            target.parent.mkdir(parents=True, exist_ok=True)
            joined = joined_css(sources) if folder == "css" else joined_js(sources)
            new = target.with_suffix(".new")
            new.write_text(joined, encoding="utf-8")
            new.replace(target)
        return target


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
