"""Whether the signature at the end of a PDF holds, and covers every byte: read from the bytes first, then by pyHanko.

Readers of PDFs are forgiving where a proof must not be. So before the file is parsed at all: the signed ranges are the
whole file but the field of the signature; that field holds one signature in its one encoding, then zeros; and nothing
in it is left that could be changed without being noticed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import io
import re
from dataclasses import dataclass

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import ValidationContext
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator.errors import PathError

_BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,12}) (\d{1,12}) (\d{1,12})\]")
_ATTRIBUTES = ["content_type", "message_digest", "signing_certificate_v2"]


_UNREADABLE = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, InvalidSignature, UnsupportedAlgorithm,
    x509.InvalidVersion,
)  # fmt: skip
"""What the readers of signatures and certificates raise for bytes that are none."""


class NotSound(ValueError):
    """The signature does not hold; the message says why, in one sentence."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose signature it is, and what its reader is told about it."""

    certificate: x509.Certificate
    signed_at: dt.datetime
    reason: str

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def name(self) -> str:
        return self.certificate.subject.rfc4514_string()


@dataclass(frozen=True, slots=True)
class Ranges:
    """The two parts that are signed: from the beginning to `gap_start`, and from `gap_end` for `rest` bytes."""

    gap_start: int
    gap_end: int
    rest: int

    def signed(self, pdf: bytes) -> bytes:
        return pdf[: self.gap_start] + pdf[self.gap_end : self.gap_end + self.rest]


def check_signature(pdf: bytes) -> Signed:
    """The last signature of the file. Raises NotSound."""
    ranges = _ranges(pdf)
    signature = _signature(pdf[ranges.gap_start + 1 : ranges.gap_end - 1])
    check_nothing_outside(pdf, ranges, signature)
    certificate = _check_container(signature, ranges.signed(pdf))
    _check_encoding(signature)
    return _check_by_pyhanko(pdf, ranges, certificate)


def check_nothing_outside(pdf: bytes, ranges: Ranges, signature: bytes) -> None:
    """Every byte of the file is signed, is the signature, or is a zero that fills its field. Raises NotSound."""
    if ranges.gap_end + ranges.rest != len(pdf):
        raise NotSound("The signature does not cover the whole file: something was added or cut off at its end.")
    written, width = signature.hex().upper().encode(), ranges.gap_end - ranges.gap_start - 2
    if pdf[ranges.gap_start : ranges.gap_end] != b"<" + written.ljust(width, b"0") + b">":
        raise NotSound("Beside the signature its field holds something else than zeros.")


def _ranges(pdf: bytes) -> Ranges:
    """The signed ranges as the file's last signature names them. What they must be is checked, not believed."""
    named = _BYTE_RANGE.findall(pdf)
    if not named:
        raise NotSound("This file carries no signature.")
    start, end, rest = map(int, named[-1])
    if not 0 < start < end <= len(pdf):
        raise NotSound("The signature names parts of the file that are not there.")
    return Ranges(start, end, rest)


def _signature(field: bytes) -> bytes:
    """What stands in the field, in hexadecimal: as many bytes as its own header says (DER, X.690)."""
    try:
        content = bytes.fromhex(field.decode("ascii"))
    except ValueError:
        raise NotSound("The signature cannot be read.") from None
    if content[:2] != b"\x30\x82":
        raise NotSound("The signature cannot be read.")
    return content[: 4 + int.from_bytes(content[2:4], "big")]


def _check_encoding(signature: bytes) -> None:
    """It is written in the one way that DER allows, so that no other bytes mean the same. Raises NotSound."""
    try:
        same = cms.ContentInfo.load(signature, strict=True).dump(force=True) == signature
    except (ValueError, TypeError, KeyError, OverflowError):
        same = False
    if not same:
        raise NotSound("The signature is written in another way than signatures are.")


def _check_container(signature: bytes, signed: bytes) -> x509.Certificate:
    """One signer, SHA-256, nothing that is not signed: then each of its bytes counts. Answers with the certificate."""
    try:
        content = cms.ContentInfo.load(signature)["content"]
        signer = content["signer_infos"][0]
        certificates = [x509.load_der_x509_certificate(each.chosen.dump()) for each in content["certificates"]]
        own = _own_certificate(signer, certificates)
        shape = _shape(content, signer, own)
        attributes = {each["type"].native: each["values"].native for each in signer["signed_attrs"]}
        digest, named = attributes["message_digest"], attributes["signing_certificate_v2"]
        bound = [each["cert_hash"] for each in named[0]["certs"]]
        holds = _verify(own, signer)
    except _UNREADABLE:
        raise NotSound("The digital signature does not hold.") from None
    if digest != [hashlib.sha256(signed).digest()]:
        raise NotSound("The file was changed after it was signed.")
    if not shape or not holds or bound != [own.fingerprint(hashes.SHA256())] or not _is_chain(own, certificates):
        raise NotSound("The digital signature does not hold.")
    return own


def _own_certificate(signer: cms.SignerInfo, certificates: list[x509.Certificate]) -> x509.Certificate:
    sid = signer["sid"].chosen
    named = (sid["issuer"].dump(), sid["serial_number"].native)
    matching = [each for each in certificates if (each.issuer.public_bytes(), each.serial_number) == named]
    return matching[0]


def _shape(content: cms.SignedData, signer: cms.SignerInfo, own: x509.Certificate) -> bool:
    """What the signature itself does not cover has one possible value each."""
    algorithm = {"algorithm": "sha256", "parameters": None}
    mechanism = "sha256_ecdsa" if isinstance(own.public_key(), ec.EllipticCurvePublicKey) else "sha256_rsa"
    return all(
        (
            content["version"].native == "v1",
            [dict(each.native) for each in content["digest_algorithms"]] == [algorithm],
            dict(content["encap_content_info"].native) == {"content_type": "data", "content": None},
            content["crls"].native is None,
            len(content["signer_infos"]) == 1,
            signer["version"].native == "v1",
            dict(signer["digest_algorithm"].native) == algorithm,
            signer["signature_algorithm"]["algorithm"].native == mechanism,
            signer["signature_algorithm"]["parameters"].native is None,
            [each["type"].native for each in signer["signed_attrs"]] == _ATTRIBUTES,
            signer["unsigned_attrs"].native is None,
        )
    )


def _verify(own: x509.Certificate, signer: cms.SignerInfo) -> bool:
    """The signature over the signed attributes. Raises InvalidSignature; False for the other half of an ECDSA pair."""
    key, made = own.public_key(), signer["signature"].native
    text = signer["signed_attrs"].untag().dump()
    match key:
        case ec.EllipticCurvePublicKey():
            key.verify(made, text, ec.ECDSA(hashes.SHA256()))
            _, s = utils.decode_dss_signature(made)
            return 2 * s <= key.curve.group_order
        case rsa.RSAPublicKey():
            key.verify(made, text, padding.PKCS1v15(), hashes.SHA256())
            return True
        case _:
            return False


def _is_chain(own: x509.Certificate, certificates: list[x509.Certificate]) -> bool:
    """Every certificate of the file is the signer's own, or issued one that is: none is there that nobody vouches with,
    and none could be changed."""
    vouching, known = [own], {own}
    for below in vouching:
        for above in certificates:
            if above not in known and _issued(above, below):
                vouching.append(above)
                known.add(above)
    return len(certificates) == len(known) == len(set(certificates)) and all(
        _issued(each, each) for each in known if each.issuer == each.subject
    )


def _issued(above: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _check_by_pyhanko(pdf: bytes, ranges: Ranges, certificate: x509.Certificate) -> Signed:
    """The file as a PDF: its signature is the one whose bytes were looked at, and pyHanko finds it sound as well."""
    try:
        embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        found = embedded[-1]
        same = list(found.byte_range) == [0, ranges.gap_start, ranges.gap_end, ranges.rest]
        status = asyncio.run(_validated(found, certificate))
    except (PdfError, PathError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        raise NotSound("This file cannot be read as a signed PDF.") from None
    if not same or not status.bottom_line:
        raise NotSound("The digital signature does not hold.")
    at = found.self_reported_timestamp
    if at is None or not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise NotSound("The certificate of the key did not hold when it signed.")
    return Signed(certificate, at, str(found.sig_object.get("/Reason", "")))


async def _validated(found: EmbeddedPdfSignature, certificate: x509.Certificate) -> PdfSignatureStatus:
    """By pyHanko, with this certificate as the one that is trusted: whose it is, a fingerprint has to tell. It counts
    at the time that the signature names, and nothing is fetched."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    trusted = list(load_certs_from_pemder_data(der))
    moment = found.self_reported_timestamp or certificate.not_valid_before_utc
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=moment, best_signature_time=moment)
    usage = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})
    return await async_validate_pdf_signature(found, context, key_usage_settings=usage)
