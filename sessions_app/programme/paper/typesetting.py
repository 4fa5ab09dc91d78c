"""Sets the pocket programme with typst, in a process of its own (see ``printing``)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import typst

HERE = Path(__file__).resolve().parent
FONTS = ("fontpkg_ibm_plex_sans", "fontpkg_ibm_plex_sans_arabic")


def typeset(document: str) -> bytes:
    """Return the PDF of a pocket programme given as JSON; typefaces come from packages alone."""
    specs = (find_spec(name) for name in FONTS)
    folders = [str(Path(spec.origin).parent / "files") for spec in specs if spec and spec.origin]
    compiler = typst.Compiler(
        str(HERE / "pocket.typ"),
        root=str(HERE),
        font_paths=typst.Fonts(include_system_fonts=False, font_paths=folders),
        sys_inputs={"document": document},
    )
    pdf = compiler.compile(format="pdf")
    if not isinstance(pdf, bytes):
        raise TypeError("a pocket programme is one file")
    return pdf
