"""Sets documents with typst. It runs in a process of its own (see ``printing``), never in that of the pages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

ROOT = Path(__file__).resolve().parents[2]
FONTS = ("fontpkg_ibm_plex_sans", "fontpkg_ibm_plex_sans_arabic")


def typeset(document: Mapping[str, Any]) -> bytes:
    """Return the PDF of a document; ``template`` is the path of its template, the rest is what that prints.

    Templates lie in the folders of the project that are called ``paper``, and may import from one another by
    paths from its root. Typefaces come from packages alone, so that every machine prints the same page.
    Raises ValueError for a template that is not there.
    """
    template = (ROOT / document["template"]).resolve()
    if not (template.is_relative_to(ROOT) and template.parent.name == "paper" and template.suffix == ".typ"):
        raise ValueError(f"no such template: {template}")
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[str(path) for path in font_folders()])
    compiler = typst.Compiler(
        str(template),
        root=str(ROOT),
        font_paths=fonts,
        sys_inputs={"document": json.dumps(document, ensure_ascii=False)},
    )
    pdf = compiler.compile(format="pdf")
    if not isinstance(pdf, bytes):
        raise TypeError("a document is one file")
    return pdf


def font_folders() -> list[Path]:
    """Return where the typefaces lie."""
    found = []
    for name in FONTS:
        spec = find_spec(name)
        if spec is not None and spec.origin:
            found.append(Path(spec.origin).parent / "files")
    return found
