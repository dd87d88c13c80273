"""Whether a certificate of signature is genuine: everything that can be found out from the file alone, offline."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from handsel.documents.signature_check import NotSound, Signed, check_signature
from handsel.rules.certificate import EVIDENCE_FILE, OFFER_FILE, check_certificate_json

DEEPEST_NAMES = 8


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found: `findings` are what is wrong, in sentences; where anything is, `said`, what the evidence says, is
    empty. `files` are those inside the certificate."""

    findings: tuple[str, ...]
    signed: Signed | None
    said: dict[str, Any]
    files: dict[str, bytes]


def check_certificate(pdf: bytes, *, offer: bytes | None = None, fingerprint: str = "") -> Checked:
    """Checks signature, evidence, files and trail; `offer` is what somebody holds as the signed offer, `fingerprint`
    the SHA-256 of the certificate that must have signed. Without it whoever signed is taken at their word."""
    try:
        signed = check_signature(pdf)
        files = embedded_files(pdf)
    except NotSound as unsound:
        return Checked((str(unsound),), None, {}, {})
    wanted = fingerprint.replace(":", "").replace(" ", "").lower()
    findings = [] if wanted in ("", signed.fingerprint) else ["It was signed with another key than the one expected."]
    findings += check_certificate_json(files.get(EVIDENCE_FILE, b""), files)
    if offer is not None:
        findings += _check_offer(offer, files.get(OFFER_FILE, b""), signed)
    said = json.loads(files[EVIDENCE_FILE]) if not findings else {}
    return Checked(tuple(findings), signed, said, files)


def _check_offer(offer: bytes, original: bytes, signed: Signed) -> Iterator[str]:
    """The offer as it was sent, or with the same key's signature behind it."""
    if offer == original:
        return
    if not offer.startswith(original):
        yield "The offer beside it is not the document that was signed."
        return
    try:
        if check_signature(offer).fingerprint != signed.fingerprint:
            yield "The offer beside it was signed with another key."
    except NotSound as unsound:
        yield f"The offer beside it: {unsound}"


def embedded_files(pdf: bytes) -> dict[str, bytes]:
    """The files inside a PDF, by their names. Raises NotSound where one cannot be read or two have one name."""
    try:
        names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]
        found = [(str(name), specification["/EF"]["/F"].data) for name, specification in _leaves(names, DEEPEST_NAMES)]
    except (PdfError, KeyError, TypeError, ValueError, AttributeError, RecursionError, OSError):
        raise NotSound("The files inside the certificate cannot be read.") from None
    if len(found) != len(dict(found)):
        raise NotSound("Two files inside the certificate have the same name.")
    return dict(found)


def _leaves(node: generic.DictionaryObject, deepest: int) -> Iterator[tuple[Any, Any]]:
    """The pairs of a name tree (ISO 32000-2, 7.9.6)."""
    if not deepest:
        raise NotSound("The files inside the certificate cannot be read.")
    leaves = node.get("/Names", [])
    for position in range(0, len(leaves), 2):
        yield leaves[position], leaves[position + 1]
    for child in node.get("/Kids", []):
        yield from _leaves(child, deepest - 1)
