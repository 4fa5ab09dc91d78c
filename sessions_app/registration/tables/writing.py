"""Writes tables row by row, so that a large one needs no more memory than a small one.

A workbook is written as the few parts that the format (ECMA-376) asks for, with its texts in the
cells: a library that keeps styles and formulas needs many times as long for the same rows.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import BinaryIO
from xml.sax.saxutils import escape

from sessions_app.programme.schedule.formats.table import guarded

LONGEST_CELL = 32_767  # characters that a cell of a workbook holds
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/styles.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_REL = (
    '<Relationship Id="{}" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/>'
)
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_WORKBOOK = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook {_MAIN} '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="{}" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
# Two kinds of cells: plain, and bold for the headings.
_STYLES = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><styleSheet {_MAIN}>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_SHEET = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet {_MAIN}><sheetViews>'
    '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>{}</cols><sheetData>'
)

Row = Sequence[str]


def write_csv(rows: Iterable[Row], file: BinaryIO) -> int:
    """Write the rows, headings first, as CSV in UTF-8 with BOM; return how many. Formulas are quoted."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
    writer = csv.writer(text)
    count = 0
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        count += 1
    text.flush()
    text.detach()
    return count


def write_xlsx(rows: Iterable[Row], file: BinaryIO, *, title: str = "Registrations") -> int:
    """Write the rows, headings first, as a workbook of one sheet; return how many. Formulas are quoted."""
    count = 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr(
            "_rels/.rels", _RELS.format(_REL.format("rId1", "officeDocument", "xl/workbook.xml"))
        )
        parts = _REL.format("rId1", "worksheet", "worksheets/sheet1.xml")
        parts += _REL.format("rId2", "styles", "styles.xml")
        archive.writestr("xl/_rels/workbook.xml.rels", _RELS.format(parts))
        archive.writestr("xl/workbook.xml", _WORKBOOK.format(escape(title[:31], {'"': "&quot;"})))
        archive.writestr("xl/styles.xml", _STYLES)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for row in rows:
                if not count:
                    widths = "".join(
                        f'<col min="{n}" max="{n}" width="20" customWidth="1"/>'
                        for n in range(1, len(row) + 1)
                    )
                    sheet.write(_SHEET.format(widths).encode())
                sheet.write(_row(row, bold=not count).encode())
                count += 1
            sheet.write(b"</sheetData></worksheet>")
    return count


def _row(row: Row, *, bold: bool) -> str:
    style = ' s="1"' if bold else ""
    cells = "".join(
        f'<c t="inlineStr"{style}><is><t xml:space="preserve">{_text(cell)}</t></is></c>' if cell else "<c/>"
        for cell in row
    )
    return f"<row>{cells}</row>"


def _text(cell: str) -> str:
    return escape(_NOT_XML.sub("", guarded(cell)[:LONGEST_CELL]))
