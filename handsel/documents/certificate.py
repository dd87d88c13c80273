"""The certificate of a signature: who signed what, how, when and from where, with the proof inside the file.

What is printed and what is embedded (`rules.certificate`) come from the same values. It is a PDF/A-3: the archival
format that may carry other files. `signing.sign_pdf` then signs it; unsigned it proves nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import typst
from babel.dates import format_datetime

from handsel.documents.certificate_words import CERTIFICATE_WORDS, CertificateWords
from handsel.documents.colour import readable_on_white
from handsel.documents.invoice import Party, footer_text
from handsel.documents.localised import Localised
from handsel.documents.sheet import HERE, set_type
from handsel.rules.certificate import EVIDENCE_FILE, IMAGE_FILE, OFFER_FILE, TrailEntry, certificate_json
from handsel.rules.evidence import Evidence
from handsel.rules.offer_content import OfferContent
from handsel.rules.periods import zone

LAYOUT: Path = HERE / "certificate.typ"
STANDARDS: tuple[typst.PDFStandard, ...] = ("a-3a", "ua-1")
COMMAND = "handsel check-certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateDocument:
    """A signed offer and what happened to it. `timezone` is the customer's; `fingerprint` the SHA-256 of the
    certificate of the key that will sign this one."""

    content: OfferContent
    evidence: Evidence
    trail: tuple[TrailEntry, ...]
    timezone: str
    made_at: dt.datetime
    fingerprint: str
    offer_pdf: bytes = field(repr=False)
    image: bytes | None = field(default=None, repr=False)


def certificate_words(write: Localised) -> CertificateWords:
    return CERTIFICATE_WORDS[write.locale.language]


def render_certificate(document: CertificateDocument) -> bytes:
    """The certificate in its customer's language, with evidence, offer and drawing embedded; equal documents give
    equal bytes."""
    content = document.content
    write = Localised(content.locale, content.currency)
    proof = certificate_json(document.evidence, content.terms, document.trail, content.seller.name, document.made_at)
    files = {EVIDENCE_FILE: proof, OFFER_FILE: document.offer_pdf}
    if document.image is not None:
        files[IMAGE_FILE] = document.image
    values = _values(document, write) | {
        "hashes": _hashes(document, json.loads(proof)["trail_sha256"], write),
        "files": _files(files, certificate_words(write)),
    }
    return set_type(LAYOUT, values, document.made_at.date(), files=files, standards=STANDARDS)


def signing_reasons(content: OfferContent, name: str) -> tuple[str, str]:
    """What a PDF reader shows beside the signature of the offer, and of the certificate."""
    words = certificate_words(Localised(content.locale, content.currency))
    return words.reason_offer.format(name=name), words.reason_certificate.format(name=name, number=content.number)


def _values(document: CertificateDocument, write: Localised) -> dict[str, object]:
    content, evidence, words = document.content, document.evidence, certificate_words(write)
    seller = Party(name=content.seller.name, legal_name=content.seller.legal_name, tax_id=content.seller.tax_id)
    when = format_datetime(evidence.signed_at, "long", tzinfo=zone(document.timezone), locale=write.locale)
    return {
        "language": write.locale.language,
        "region": write.locale.territory,
        "paper": write.paper,
        "accent": readable_on_white(content.accent),
        "heading": f"{words.certificate} {content.number}",
        "kind": words.certificate,
        "author": content.seller.name,
        "facts": _pairs(
            (words.order_number, content.number),
            (words.revision, str(content.revision)),
            (words.made_on, _local(document.made_at, document, write)),
        ),
        "statement": words.statement.format(
            name=evidence.name,
            number=content.number,
            seller=content.seller.name,
            buyer=content.buyer.name,
            when=when,
        ),
        "signature": {
            "name": evidence.name,
            "drawn": document.image is not None,
            "how": words.drawn if document.image is not None else words.typed,
            "alt": words.picture_of.format(name=evidence.name),
        },
        "signer": _pairs(
            (words.signed_by, evidence.name),
            (words.email, evidence.email),
            (words.signed_at, f"{_local(evidence.signed_at, document, write)}\n{_utc(evidence.signed_at)}"),
            (words.address, evidence.address),
            (words.device, evidence.user_agent),
        ),
        "document_label": words.document,
        "document": _document(document, write),
        "agreed_label": words.agreed,
        "agreed": [evidence.consent, *evidence.agreed],
        "trail_label": words.trail,
        "trail_columns": [words.trail_what, words.trail_local.format(zone=document.timezone), words.trail_utc],
        "trail": [_happened(entry, document, write) for entry in document.trail],
        "check_label": words.check,
        "check": words.check_how.format(command=f"{COMMAND} FILE", seller=content.seller.name),
        "footer": footer_text(seller, write.words),
        "page_label": write.words.page,
    }


def _document(document: CertificateDocument, write: Localised) -> list[list[str]]:
    content, evidence, words = document.content, document.evidence, certificate_words(write)
    name = words.document_name.format(number=content.number, revision=content.revision)
    terms = content.terms
    return _pairs(
        (name, f"{words.total} {write.money(content.total_minor)}"),
        (words.due if content.require_payment else "", write.money(content.due_now_minor)),
        (words.document_sha256, evidence.document_sha256),
        (words.terms, words.terms_version.format(title=terms.title, version=terms.version) if terms else ""),
        (words.terms_sha256, terms.sha256 if terms else ""),
    )


def _happened(entry: TrailEntry, document: CertificateDocument, write: Localised) -> list[str]:
    """One row of the trail: what, when for the customer, when for everybody."""
    details = dict(entry.details)
    if "amount_minor" in details:
        details["amount"] = write.money(details["amount_minor"])
    sentence = certificate_words(write).happened[entry.type].format(**details)
    return [sentence, _local(entry.at, document, write), _utc(entry.at)]


def _hashes(document: CertificateDocument, trail_sha256: str, write: Localised) -> list[list[str]]:
    words = certificate_words(write)
    return _pairs(
        (words.key_fingerprint, document.fingerprint),
        (words.evidence_sha256, document.evidence.sha256),
        (words.trail_sha256, trail_sha256),
    )


def _files(files: Mapping[str, bytes], words: CertificateWords) -> dict[str, object]:
    told = {
        EVIDENCE_FILE: ("application/json", words.evidence_file),
        OFFER_FILE: ("application/pdf", words.offer_file),
        IMAGE_FILE: ("image/png", words.image_file),
    }
    return {
        "inside": words.check_inside.format(files=", ".join(files)),
        "list": [{"name": name, "type": told[name][0], "description": told[name][1]} for name in files],
    }


def _pairs(*pairs: tuple[str, str]) -> list[list[str]]:
    """Labels with their text; what has either of them empty is left out."""
    return [list(pair) for pair in pairs if all(pair)]


def _local(at: dt.datetime, document: CertificateDocument, write: Localised) -> str:
    return format_datetime(at, "medium", tzinfo=zone(document.timezone), locale=write.locale)


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
