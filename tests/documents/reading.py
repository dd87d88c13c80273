"""Reads a PDF back as a person would: the text of its pages."""

from __future__ import annotations

import io

import pypdf


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with every kind of space written as a plain one."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return " ".join(pages(pdf))


def unbroken(pdf: bytes) -> str:
    """The text without any space, for words that were broken over several lines."""
    return "".join(text(pdf).split())


def claims_archival(pdf: bytes) -> bool:
    """Whether the file declares itself PDF/A, level 2a."""
    metadata = pypdf.PdfReader(io.BytesIO(pdf)).xmp_metadata
    if metadata is None:
        return False
    xml = metadata.stream.get_data().decode()
    return "<pdfaid:part>2</pdfaid:part>" in xml and "<pdfaid:conformance>A</pdfaid:conformance>" in xml
