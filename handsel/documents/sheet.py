"""The sheet of paper that every document is laid out on, and the one call of the typesetter (typst).

A document becomes a `Sheet`: strings already written for their reader, in the order in which they are read. The layout
(`sheet.typ`) receives them as JSON values and only places them, so nothing that anybody typed is ever parsed as markup.
"""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import typst
from PIL import Image

from handsel.documents.printable import printable

if TYPE_CHECKING:
    Standards: TypeAlias = tuple[typst.PDFStandard, ...]

HERE = Path(__file__).parent
LAYOUT = HERE / "sheet.typ"
LOGO_PIXELS = (720, 170)
"""At most: 60 by 14 mm at 300 dots an inch."""

# PDF/A-2a can be kept for decades and carries its fonts; PDF/UA-1 can be read by a screen reader.
STANDARDS: Standards = ("a-2a", "ua-1")


@dataclass(frozen=True, slots=True)
class Labelled:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class PartyBlock:
    label: str
    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Column:
    """`numeric` columns stand to the right, as wide as their longest number, and never wrap."""

    label: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """`struck` stands below the notes: its label, then its text with a line through it."""

    text: str
    notes: tuple[str, ...] = ()
    struck: Labelled | None = None


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with text, a table or both below it; `fine` is for long text, set smaller over the whole width."""

    label: str
    text: str = ""
    table: Table | None = None
    fine: bool = False


@dataclass(frozen=True, slots=True)
class TotalLine:
    label: str
    amount: str
    note: str = ""
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything that is printed. `page_label` holds `{page}` and `{pages}`; `made_on` becomes the PDF's own date."""

    language: str
    region: str | None
    paper: str
    accent: str
    made_on: dt.date
    kind: str
    status: str | None
    settled: bool
    heading: str
    author: str
    facts: tuple[Labelled, ...]
    parties: tuple[PartyBlock, ...]
    headline: str
    link: Link | None
    table: Table
    totals: tuple[TotalLine, ...]
    payments_label: str
    payments: Table | None
    paragraphs: tuple[Labelled, ...]
    sections: tuple[Section, ...] = ()
    footer: str
    page_label: str


def typeset(sheet: Sheet, logo: bytes | None = None) -> bytes:
    """The sheet as PDF/A-2a and PDF/UA-1; equal sheets give equal bytes."""
    picture = printable_picture(logo) if logo else None
    return set_type(LAYOUT, asdict(sheet), sheet.made_on, files={"logo": picture} if picture else {})


def set_type(
    layout: Path,
    values: dict[str, object],
    made_on: dt.date,
    *,
    files: Mapping[str, bytes],
    standards: Standards = STANDARDS,
) -> bytes:
    """`values` on a layout, which reads them as JSON from `sys.inputs.sheet`, and files from `sys.inputs.files` as
    lists of bytes.

    Latin, Greek and Cyrillic are set in the font we ship, so their bytes are the same on every machine. Where a
    character is missing there, the machine's own fonts are tried; where no font has it, the document is still made,
    with a box in that place, but then it cannot claim PDF/A.
    """
    given = {
        "sheet": _json(_printable(values | {"made_on": made_on.isoformat()})),
        "files": _json({name: list(content) for name, content in files.items()}),
    }
    made_at = dt.datetime.combine(made_on, dt.time(), dt.UTC)
    for system_fonts in (False, True):
        try:
            return _compile(layout, given, made_at, system_fonts, standards)
        except typst.TypstError:
            # The message names the character, in English only. A fault of the layout itself fails on the last rung too.
            continue
    return _compile(layout, given, made_at, True, ())


def printable_picture(content: bytes) -> bytes | None:
    """The picture as PNG, in no more detail than paper shows; None for what is none, so that no picture stops a
    document."""
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG", "WEBP"]) as picture:
            shown = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    shown.thumbnail(LOGO_PIXELS)
    made = io.BytesIO()
    shown.save(made, "PNG")
    return made.getvalue()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _compile(
    layout: Path,
    given: dict[str, str],
    made_at: dt.datetime,
    system_fonts: bool,
    standards: Standards,
) -> bytes:
    # A compiler is cheap, the fonts are not; one compiler must not be shared by threads, nor used again after an error.
    compiler = typst.Compiler(layout, root=HERE, font_paths=_fonts(system_fonts))
    pdf = compiler.compile(format="pdf", sys_inputs=given, pdf_standards=list(standards), timestamp=made_at)
    assert isinstance(pdf, bytes)
    return pdf


@functools.cache
def _fonts(include_system_fonts: bool) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=include_system_fonts, font_paths=[str(HERE / "fonts")])


def _printable(value: object) -> object:
    match value:
        case str():
            return printable(value)
        case dict():
            return {key: _printable(inner) for key, inner in value.items()}
        case tuple() | list():
            return [_printable(inner) for inner in value]
        case _:
            return value
