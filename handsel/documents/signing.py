"""Digital signatures on PDFs: PAdES, added as an update at the end of the file, so that what was there stays a prefix.

The format is ISO 32000-2, 12.8, with a CMS container (RFC 5652). The signature covers every byte of the file but the
field that holds the signature itself.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from asn1crypto import keys, pem, x509
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

DIGEST = "sha256"


@dataclass(frozen=True, slots=True)
class KeyMaterial:
    """A private key (PKCS #8 PEM) and its X.509 certificate (PEM, the signer's own first); neither is ever shown."""

    key_pem: str = field(repr=False)
    certificate_pem: str = field(repr=False)


class LowSigner(SimpleSigner):
    """Of the two equally valid ECDSA signatures of one text always the one with the lower half: then nobody can turn a
    signature into another that holds as well (BIP 146 tells the trouble)."""

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        signature = super().sign_raw(data, digest_algorithm)
        key = load_der_private_key(self.signing_key.dump(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            return signature
        r, s = utils.decode_dss_signature(signature)
        return utils.encode_dss_signature(r, min(s, key.curve.group_order - s))


def sign_pdf(pdf: bytes, key: KeyMaterial, *, reason: str, field_name: str, signed_at: dt.datetime) -> bytes:
    """`pdf` with a signature behind it; its own bytes stay in front, unchanged. `reason` and `signed_at` are shown by
    PDF readers. An elliptic curve's signature takes some 40 ms."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    about = signers.PdfSignatureMetadata(
        field_name=field_name, reason=reason, md_algorithm=DIGEST, subfilter=SigSeedSubFilter.PADES
    )
    return asyncio.run(_signed(writer, signers.PdfSigner(about, _signer(key)), signed_at))


async def _signed(writer: IncrementalPdfFileWriter, signer: signers.PdfSigner, signed_at: dt.datetime) -> bytes:
    """What `PdfSigner.async_sign_pdf` does, with the time told instead of read from the machine's clock."""
    session = signer.init_signing_session(writer)
    session.system_time = signed_at
    room = await session.estimate_signature_container_size(None, tight=False)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=room)
    prepared, output = document.digest_tbs_document()
    await document.perform_signature(prepared.document_digest, PdfCMSSignedAttributes(signing_time=signed_at))
    output.seek(0)
    return bytes(output.read())


def _signer(key: KeyMaterial) -> LowSigner:
    chain = _certificates(key.certificate_pem)
    store = SimpleCertificateStore()
    store.register_multiple(chain[1:])
    _, _, der = pem.unarmor(key.key_pem.encode())
    return LowSigner(signing_cert=chain[0], signing_key=keys.PrivateKeyInfo.load(der), cert_registry=store)


def _certificates(certificate_pem: str) -> Sequence[x509.Certificate]:
    return [x509.Certificate.load(der) for _, _, der in pem.unarmor(certificate_pem.encode(), multiple=True)]
