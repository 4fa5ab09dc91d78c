"""Copies what browsers load from npm packages to ``var/vendor`` and lists it.

``package.json`` names it under ``plenum.vendor``: package → {pattern inside it: folder (ends in a
slash) or file under ``var/vendor``}. Django serves the result under ``/static/vendor/``.
"""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("PLENUM_VAR") or ROOT / "var") / "vendor"


class VendorError(Exception):
    """A package or a file that ``package.json`` names is not there."""


@dataclass(frozen=True)
class Package:
    """One npm package, with the files to copy as pairs of source and path under ``var/vendor``."""

    name: str
    version: str
    licence: str
    files: tuple[tuple[Path, Path], ...]

    @property
    def size(self) -> int:
        """Bytes of the copied files."""
        return sum(source.stat().st_size for source, _ in self.files)


def read_packages(root: Path) -> list[Package]:
    """The packages that ``root/package.json`` names, as installed in ``root/node_modules``; raises VendorError."""
    wanted = json.loads((root / "package.json").read_text("utf-8"))["plenum"]["vendor"]
    return [_read_package(root / "node_modules" / name, name, rules) for name, rules in wanted.items()]


def _read_package(folder: Path, name: str, rules: dict[str, str]) -> Package:
    try:
        about = json.loads((folder / "package.json").read_text("utf-8"))
    except FileNotFoundError:
        raise VendorError(f"{name} is not installed: run bin/setup") from None
    files: list[tuple[Path, Path]] = []
    for pattern, target in rules.items():
        found = sorted(path for path in folder.glob(pattern) if path.is_file())
        if not found:
            raise VendorError(f"{name} {about['version']} has no file {pattern}")
        files += [
            (path, Path(target + path.name) if target.endswith("/") else Path(target)) for path in found
        ]
    return Package(name, about["version"], about.get("license", "none stated"), tuple(files))


def copy_packages(packages: list[Package], target: Path) -> int:
    """Makes ``target`` hold exactly the packages' files and returns their number."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    copied = 0
    for package in packages:
        for source, relative in package.files:
            place = fresh / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
            copied += 1
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return copied


def listing(packages: list[Package]) -> str:
    """A table of name, version, licence, number of files and size in KB."""
    rows = [("package", "version", "licence", "files", "KB")]
    rows += [
        (
            package.name,
            package.version,
            package.licence,
            str(len(package.files)),
            f"{package.size / 1000:.1f}",
        )
        for package in packages
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
    )


def main(arguments: list[str]) -> int:
    """``copy`` or ``list``; 1 with the reason on standard error where something is missing."""
    try:
        packages = read_packages(ROOT)
        if arguments == ["copy"]:
            print(f"{copy_packages(packages, TARGET)} files of {len(packages)} packages in {TARGET}")
        elif arguments == ["list"]:
            print(listing(packages))
        else:
            print("Usage: vendor.py copy|list", file=sys.stderr)
            return 2
    except VendorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
