"""Compiles the translations, ``.po`` to ``.mo``, without gettext's own programs.

Only files that changed are compiled. A translation whose placeholders differ from the source
text is named and fails the run, as it would fail the page that shows it.
"""

import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

ROOT = Path(__file__).resolve().parent.parent
SKIPPED = {".venv", "node_modules", "var", ".git"}


def catalogues(root: Path) -> list[Path]:
    """Every ``locale/*/LC_MESSAGES/*.po`` of the project, without installed packages."""
    found: list[Path] = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in SKIPPED]
        if Path(folder).name == "LC_MESSAGES":
            found += [Path(folder) / name for name in files if name.endswith(".po")]
    return sorted(found)


def is_stale(source: Path) -> bool:
    """Whether the compiled file is missing or older than ``source``."""
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime <= source.stat().st_mtime


def compile_catalogue(source: Path) -> list[str]:
    """Writes the ``.mo`` beside ``source``; returns what is wrong, one line each, and writes nothing then."""
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
    except PoFileError as error:
        return [f"{source}: {error}"]
    problems = [
        f"{source}:{message.lineno}: {error}" for message, errors in catalogue.check() for error in errors
    ]
    if problems:
        return problems
    fresh = source.with_suffix(".mo.new")
    with fresh.open("wb") as file:
        write_mo(file, catalogue)
    fresh.replace(source.with_suffix(".mo"))
    return []


def main() -> int:
    """Compiles what is stale; 1 when a catalogue is refused."""
    stale = [source for source in catalogues(ROOT) if is_stale(source)]
    problems = [problem for source in stale for problem in compile_catalogue(source)]
    print("\n".join(problems) if problems else f"{len(stale)} catalogues compiled")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
