"""QR codes of addresses as SVG."""

from __future__ import annotations

from functools import lru_cache

import qrcode
from django.utils.safestring import SafeString, mark_safe

QUIET = 4  # modules of empty margin that readers of QR codes need


@lru_cache(maxsize=512)
def svg(address: str, *, standalone: bool = False) -> SafeString:
    """Return the QR of an ASCII address; ``standalone`` as an image of its own, else in the text's colour."""
    if not address.isascii():
        raise ValueError(f"not an ASCII address: {address!r}")
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=QUIET if standalone else 0)
    code.add_data(address)
    matrix = code.get_matrix()
    path = "".join(_runs(matrix))
    size = len(matrix)
    namespace = ' xmlns="http://www.w3.org/2000/svg"' if standalone else ' aria-hidden="true"'
    ground = f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/>' if standalone else ""
    colour = "#000" if standalone else "currentColor"
    return mark_safe(  # noqa: S308  figures and our own constants
        f'<svg{namespace} viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'{ground}<path fill="{colour}" d="{path}"/></svg>'
    )


def _runs(matrix: list[list[bool]]) -> list[str]:
    """Return the dark modules as horizontal bars."""
    bars = []
    for y, row in enumerate(matrix):
        x = 0
        while x < len(row):
            if not row[x]:
                x += 1
                continue
            end = x
            while end < len(row) and row[end]:
                end += 1
            bars.append(f"M{x} {y}h{end - x}v1H{x}z")
            x = end
    return bars
