"""Certificates, genuine and forged, for tests: signed with keys of the tests' own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest import mock

from handsel.documents.certificate import CertificateDocument, render_certificate
from handsel.documents.signing import KeyMaterial, sign_pdf
from handsel.rules.certificate import certificate_json
from tests.flows.sales.signing_pairs import certificate, curve_key, key_pem

AT = dt.datetime.now(dt.UTC).replace(microsecond=0)


@dataclass(frozen=True)
class Hand:
    """Somebody who signs: the seller, or a forger with a certificate that says the same name."""

    material: KeyMaterial

    @classmethod
    def new(cls) -> Hand:
        key = curve_key()
        return cls(KeyMaterial(key_pem(key), certificate(key, "Northwind Digital GmbH")))

    def signs(self, pdf: bytes, field_name: str = "HandselCertificate") -> bytes:
        return sign_pdf(pdf, self.material, reason="Evidence", field_name=field_name, signed_at=AT)

    def certifies(self, document: CertificateDocument) -> bytes:
        return self.signs(render_certificate(document))

    def forges(self, document: CertificateDocument, alter: Callable[[bytes], bytes]) -> bytes:
        """A certificate whose evidence was altered before it was embedded and signed."""

        def altered(*given: Any) -> bytes:
            return alter(certificate_json(*given))

        with mock.patch("handsel.documents.certificate.certificate_json", altered):
            return self.certifies(document)
