"""The QR code of a ticket as SVG for paper."""

from __future__ import annotations

import qrcode

# Choosing the mask takes four times as long as all the rest, and readers cope with each of them.
MASK = 3


def qr_svg(code: str) -> str:
    """Return the code's dark modules as one path, without a quiet zone."""
    drawn = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=MASK)
    drawn.add_data(code)
    matrix = drawn.get_matrix()
    size = len(matrix)
    path = []
    for y, row in enumerate(matrix):
        x = 0
        while x < size:
            end = x
            while end < size and row[end]:
                end += 1
            if end > x:
                path.append(f"M{x} {y}h{end - x}v1H{x}z")
            x = end + 1
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}">'
        f'<path d="{"".join(path)}"/></svg>'
    )
