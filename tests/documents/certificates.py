"""Certificates to try things on."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from typing import Any

from PIL import Image, ImageDraw

from handsel.documents.certificate import CertificateDocument
from handsel.documents.offer import render_offer
from handsel.rules.certificate import TrailEntry
from handsel.rules.evidence import Evidence
from handsel.rules.offer_content import OfferContent
from tests.documents.offers import offer_content

SENT = dt.datetime(2026, 11, 22, 9, 12, 4, tzinfo=dt.UTC)
VIEWED = dt.datetime(2026, 11, 22, 14, 1, 30, tzinfo=dt.UTC)
SIGNED = dt.datetime(2026, 11, 22, 14, 5, 6, 123456, tzinfo=dt.UTC)
CONSENT = "By pressing “Sign and pay $912.83” I accept this offer."
KEEPING = "My card may be charged for the renewals shown."
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"


def drawing() -> bytes:
    """A PNG as a signature pad gives it: strokes on nothing."""
    picture = Image.new("RGBA", (600, 180), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    points = [(30, 120), (70, 40), (95, 130), (140, 60), (170, 120), (230, 90), (290, 115), (340, 60), (380, 125),
              (450, 95), (560, 110)]  # fmt: skip
    pen.line(points, fill=(10, 10, 60, 255), width=5, joint="curve")
    pen.line([(60, 150), (540, 135)], fill=(10, 10, 60, 255), width=3)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def evidence_for(content: OfferContent, pdf: bytes, image: bytes | None) -> Evidence:
    terms = content.terms
    return Evidence(
        offer="ofr_01",
        order="ord_01",
        number=content.number,
        revision=content.revision,
        document_sha256=hashlib.sha256(pdf).hexdigest(),
        name="Dana Whitfield",
        email="dana@whitfield.example",
        kind="typed" if image is None else "drawn",
        image_sha256=hashlib.sha256(image).hexdigest() if image else "",
        consent=CONSENT,
        agreed=(*((terms.tick,) if terms else ()), KEEPING),
        terms={"title": terms.title, "version": terms.version, "sha256": terms.sha256} if terms else None,
        address="203.0.113.7",
        user_agent=AGENT,
        sent_at=SENT,
        viewed_at=VIEWED,
        signed_at=SIGNED,
    )


def trail_for(evidence: Evidence) -> tuple[TrailEntry, ...]:
    def entry(number: int, kind: str, at: dt.datetime, actor: str, **details: Any) -> TrailEntry:
        return TrailEntry(event=f"evt_{number:02}", type=kind, at=at, actor=actor, details=details)

    paid = {"payment": "pay_01", "amount_minor": 91283, "currency": "USD"}
    return (
        entry(1, "offer.sent", SENT, "member", name=evidence.name, email=evidence.email, sends=1),
        entry(2, "offer.opened", VIEWED - dt.timedelta(seconds=3), "link"),
        entry(3, "offer.viewed", VIEWED, "link"),
        entry(
            4, "offer.signed", SIGNED, "link", name=evidence.name, address=evidence.address,
            evidence_sha256=evidence.sha256, document_sha256=evidence.document_sha256,
        ),
        entry(5, "payment.created", SIGNED, "link", **paid),
        entry(6, "payment.succeeded", SIGNED + dt.timedelta(seconds=2), "gateway", **paid),
        entry(7, "offer.closed", SIGNED + dt.timedelta(seconds=2), "gateway", **{"as": "approved"}),
    )  # fmt: skip


def certificate_document(locale: str = "en_US", *, drawn: bool = True, **changes: Any) -> CertificateDocument:
    content = offer_content(locale)
    pdf, image = render_offer(content), drawing() if drawn else None
    evidence = evidence_for(content, pdf, image)
    given: dict[str, Any] = {
        "content": content,
        "evidence": evidence,
        "trail": trail_for(evidence),
        "timezone": "Europe/London",
        "made_at": SIGNED + dt.timedelta(seconds=4),
        "fingerprint": hashlib.sha256(b"certificate").hexdigest(),
        "offer_pdf": pdf,
        "image": image,
        **changes,
    }
    return CertificateDocument(**given)
