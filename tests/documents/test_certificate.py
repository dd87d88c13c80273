"""The certificate as PDF: what a person reads on it, and the files inside; signatures of every kind of key."""

from __future__ import annotations

import dataclasses
import io
import string

import pypdf
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils

from handsel.documents.certificate import render_certificate, signing_reasons
from handsel.documents.certificate_words import CERTIFICATE_WORDS
from handsel.documents.signature_check import NotSound, check_signature
from handsel.documents.signing import KeyMaterial, sign_pdf
from handsel.documents.words import WORDS
from handsel.flows.sales.certify import TRAIL
from tests.documents.certificates import AGENT, CONSENT, KEEPING, SIGNED, certificate_document, drawing
from tests.documents.offers import offer_content
from tests.documents.reading import text, unbroken
from tests.flows.sales.signing_pairs import certificate, curve_key, key_pem
from tests.security.forgery import AT


def test_who_signed_what_when_and_from_where_is_printed() -> None:
    document = certificate_document()
    printed, whole = text(render_certificate(document)), unbroken(render_certificate(document))

    for part in (
        "Certificate of signature", "O-000042", "Northwind Digital", "Whitfield Interiors", "Dana Whitfield",
        "dana@whitfield.example", "2026-11-22 14:05:06 UTC", "November 22, 2026", "203.0.113.7", "Drawn by hand",
        "Total $962.83", "$912.83", "Terms of service, version 3", CONSENT, KEEPING,
        "I have read and accept the terms of service.", "Sent to Dana Whitfield, dana@whitfield.example",
        "Link opened", "Offer viewed", "Signed by Dana Whitfield, from 203.0.113.7", "Payment of $912.83 started",
        "$912.83 paid", "Offer accepted", "Time in Europe/London", "handsel check-certificate FILE",
    ):  # fmt: skip
        assert part in printed, part
    for fingerprint in (document.evidence.sha256, document.evidence.document_sha256, document.fingerprint):
        assert fingerprint in whole
    assert "".join(AGENT.split()) in whole


def test_times_are_the_customers_and_everybodys() -> None:
    printed = text(render_certificate(certificate_document(timezone="America/Los_Angeles")))

    assert "6:05:06 AM PST" in printed
    assert "2026-11-22 14:05:06 UTC" in printed


def test_equal_documents_give_equal_bytes_and_other_ones_others() -> None:
    document = certificate_document()
    later = dataclasses.replace(document, trail=document.trail[:-1])

    assert render_certificate(document) == render_certificate(certificate_document())
    assert render_certificate(document) != render_certificate(later)


def test_evidence_offer_and_drawing_are_inside() -> None:
    document = certificate_document()
    pdf = render_certificate(document)
    inside = {name: content[0] for name, content in pypdf.PdfReader(io.BytesIO(pdf)).attachments.items()}

    assert set(inside) == {"evidence.json", "offer.pdf", "signature.png"}
    assert inside["offer.pdf"] == document.offer_pdf
    assert inside["signature.png"] == drawing()
    metadata = pypdf.PdfReader(io.BytesIO(pdf)).xmp_metadata
    assert metadata is not None
    assert "<pdfaid:part>3</pdfaid:part>" in metadata.stream.get_data().decode()


@pytest.mark.parametrize(
    ("locale", "parts"),
    [
        ("de_DE", ["Unterschriftszertifikat", "Name als Unterschrift getippt", "Was geschah", "912,83 $ bezahlt"]),
        (
            "fr_FR",
            ["Certificat de signature", "Nom saisi en guise de signature", "Ce qui s’est passé"],
        ),
        ("es_ES", ["Certificado de firma", "Nombre escrito como firma", "Qué ocurrió", "Oferta aceptada"]),
    ],
)
def test_the_certificate_speaks_its_customers_language(locale: str, parts: list[str]) -> None:
    printed = text(render_certificate(certificate_document(locale, drawn=False)))

    for part in parts:
        assert part in printed, part


def test_every_language_fills_the_same_places_and_tells_every_event() -> None:
    assert set(CERTIFICATE_WORDS) == set(WORDS)
    for words in CERTIFICATE_WORDS.values():
        assert set(words.happened) == set(TRAIL)
    for field in dataclasses.fields(CERTIFICATE_WORDS["en"]):
        if field.name != "happened":
            texts = [getattr(words, field.name) for words in CERTIFICATE_WORDS.values()]
            assert all(texts), field.name
            assert len({str(_places(text)) for text in texts}) == 1, field.name
    for event in TRAIL:
        assert len({str(_places(words.happened[event])) for words in CERTIFICATE_WORDS.values()}) == 1


def _places(template: str) -> list[str]:
    return sorted({name for _, name, _, _ in string.Formatter().parse(template) if name})


def test_names_that_our_font_lacks_still_give_a_certificate() -> None:
    document = certificate_document()
    name = dataclasses.replace(document.evidence, name="山田 花子 🍞")

    assert render_certificate(dataclasses.replace(document, evidence=name)).startswith(b"%PDF-")


def test_what_readers_of_pdfs_show_is_in_the_customers_language() -> None:
    assert signing_reasons(offer_content("de_DE"), "Dana") == (
        "Dana hat dieses Angebot unterschrieben",
        "Nachweis, dass Dana das Angebot O-000042 unterschrieben hat",
    )


ROOT = curve_key()


@pytest.mark.parametrize(
    "key",
    [
        curve_key(),
        ec.generate_private_key(ec.SECP521R1()),
        rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ],
    ids=["P-256", "P-521", "RSA"],
)
def test_every_key_that_may_be_brought_signs_what_then_holds(
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
) -> None:
    pdf = certificate_document().offer_pdf
    chain = certificate(key, issuer=("Root", ROOT)) + certificate(ROOT, "Root", authority=True)
    for pem in (certificate(key), chain):
        signed = sign_pdf(pdf, KeyMaterial(key_pem(key), pem), reason="Grüße", field_name="Offer", signed_at=AT)
        checked = check_signature(signed)
        assert signed.startswith(pdf)
        metadata = pypdf.PdfReader(io.BytesIO(signed)).xmp_metadata
        assert metadata is not None
        assert 'pdfaid:part="2"' in metadata.stream.get_data().decode(), "it still says that it is archival"
        assert (checked.reason, checked.signed_at, checked.name) == ("Grüße", AT, "CN=Harbour Agency LLC")


def test_a_certificate_that_had_run_out_when_it_signed_does_not_hold() -> None:
    key = curve_key()
    material = KeyMaterial(key_pem(key), certificate(key))

    pdf, late = certificate_document().offer_pdf, SIGNED.replace(year=2046)
    with pytest.raises(NotSound, match="did not hold"):
        check_signature(sign_pdf(pdf, material, reason="Late", field_name="Offer", signed_at=late))


def test_of_the_two_halves_of_a_signature_the_low_one_is_made() -> None:
    from asn1crypto import cms

    key = curve_key()
    material = KeyMaterial(key_pem(key), certificate(key))
    pdf = certificate_document().offer_pdf
    for _ in range(6):
        signed = sign_pdf(pdf, material, reason="Low", field_name="Offer", signed_at=AT)
        field = signed[signed.rindex(b"/Contents <") + 11 :]
        content = cms.ContentInfo.load(bytes.fromhex(field[: field.index(b">")].decode()))["content"]
        _, s = utils.decode_dss_signature(content["signer_infos"][0]["signature"].native)
        assert 2 * s <= ec.SECP256R1().group_order
