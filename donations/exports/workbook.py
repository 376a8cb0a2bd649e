"""An Excel workbook (ECMA-376), row by row: PostgreSQL writes the cells, we pack them.

Text is typed as text (`inlineStr`, and marked so that editing keeps it), so that nothing is a
formula. No clock and no author: the same rows give the same bytes.
"""

from collections.abc import Sequence
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from donations.exports.copying import Source
from donations.exports.layouts import Column, Type

# A sheet has 1,048,576 rows, with the heading.
SHEET_ROWS = 1_048_575
# Control characters but tab and line ends are not XML; the rest of these would end a cell's text
# or be read as one of Excel's own escapes.
FORBIDDEN = "\u0001-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff"
# Nothing of it stands in a value, so that COPY quotes nothing: values are XML without such.
FORM = "FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02', ESCAPE E'\\x01'"
TEXT = '<c t="inlineStr" s="3"><is><t xml:space="preserve">', "</t></is></c>"
NONE = "<c/>"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
STYLES = f"""{XML}<styleSheet xmlns="{MAIN}"><numFmts count="2">\
<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="165" \
formatCode="#,##0.00#"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill>\
<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="5"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>\
<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="165" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>\
<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" \
quotePrefix="1"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>\
</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>\
</styleSheet>"""
WIDTHS = {Type.TEXT: 28, Type.WORD: 18, Type.DAY: 12, Type.WHOLE: 10, Type.AMOUNT: 16}


def write(file: IO[bytes], source: Source) -> None:
    """All rows, in as many sheets as they need."""
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1) as archive:
        row = " || ".join(["'<row>'", *map(_cell, source.layout.columns), "'</row>'"])
        with source.copied(row, FORM) as blocks:
            sheets, more = 0, True
            while more:
                sheets += 1
                more = False
                with archive.open(_place(sheets), "w") as sheet:
                    sheet.write(_top(source.layout.columns).encode())
                    pending: list[memoryview] = []
                    for number, block in enumerate(blocks, start=1):
                        pending.append(block)
                        if len(pending) == 2_048:
                            sheet.write(b"".join(pending))
                            pending.clear()
                        if number == SHEET_ROWS:
                            more = True
                            break
                    sheet.write(b"".join(pending))
                    sheet.write(b"</sheetData></worksheet>")
        for name, text in _frame(sheets).items():
            with archive.open(name, "w") as part:
                part.write(text.encode())


def _cell(column: Column) -> str:
    """The cell in XML, as an expression of SQL."""
    value = f"({column.sql})"
    if column.type is Type.DAY:
        # Days since that day are Excel's dates.
        return _or_none("1", f"({value} - DATE '1899-12-30')")
    if column.type is Type.AMOUNT:
        return _or_none("2", value)
    if column.type is Type.WHOLE:
        return _or_none("0", value)
    begin, end = TEXT
    text = _escaped(value) if column.type is Type.TEXT else value
    return f"CASE WHEN {value} = '' THEN '{NONE}' ELSE '{begin}' || {text} || '{end}' END"


def _or_none(style: str, value: str) -> str:
    return f"coalesce('<c s=\"{style}\"><v>' || {value} || '</v></c>', '{NONE}')"


def _escaped(value: str) -> str:
    """Text inside XML; most has nothing to escape, and to see that is cheap."""
    steps = [
        f"regexp_replace({value}, '[{_ascii(FORBIDDEN)}]', '', 'g')",
        "regexp_replace({0}, '_(x[0-9a-fA-F]{{4}}_)', '_x005F_\\1', 'g')",
        *(f"replace({{0}}, {char}, '{name}')" for char, name in _ESCAPES.items()),
    ]
    careful = steps[0]
    for step in steps[1:]:
        careful = step.format(careful)
    clean = f"{value} !~ '[{_ascii(FORBIDDEN)}&<>_\\t\\r\\n]'"
    return f"CASE WHEN {clean} THEN {value} ELSE {careful} END"


_ESCAPES = {
    "'&'": "&amp;",
    "'<'": "&lt;",
    "'>'": "&gt;",
    "E'\\t'": "&#9;",
    "E'\\n'": "&#10;",
    "E'\\r'": "&#13;",
}


def _ascii(characters: str) -> str:
    return "".join(char if " " < char <= "~" else f"\\u{ord(char):04x}" for char in characters)


def _place(number: int) -> str:
    return f"xl/worksheets/sheet{number}.xml"


def _top(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{WIDTHS[column.type]}" customWidth="1"/>'
        for place, column in enumerate(columns, start=1)
    )
    cells = "".join(
        f'<c t="inlineStr" s="4"><is><t>{escape(column.name)}</t></is></c>' for column in columns
    )
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane '
        'ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData><row>{cells}</row>\n"
    )


def _frame(sheets: int) -> dict[str, str]:
    """The parts around the sheets: what there is and how it hangs together."""
    numbers = range(1, sheets + 1)
    overrides = "".join(
        f'<Override PartName="/{_place(one)}" ContentType="{TYPES}.worksheet+xml"/>'
        for one in numbers
    )
    listed = "".join(
        f'<sheet name="Rows {one}" sheetId="{one}" r:id="rId{one}"/>' for one in numbers
    )
    related = "".join(
        f'<Relationship Id="rId{one}" Type="{OFFICE}/worksheet" '
        f'Target="worksheets/sheet{one}.xml"/>'
        for one in numbers
    )
    return {
        "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default '
        'Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Override '
        f'PartName="/xl/workbook.xml" ContentType="{TYPES}.sheet.main+xml"/><Override '
        f'PartName="/xl/styles.xml" ContentType="{TYPES}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships"><Relationship '
        f'Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'{related}<Relationship Id="rId{sheets + 1}" Type="{OFFICE}/styles" '
        'Target="styles.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
    }
