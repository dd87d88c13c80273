"""Signatures against what was signed and what proves it: T29 of RELIABILITY.md, as far as the database can show."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from handsel.flows.sales.sign import evidence_of
from handsel.models import Signature
from handsel.reads.verify.findings import Found, checks, found

BATCH = 500


@checks("T29")
def documents_are_their_bytes(partner_id: uuid.UUID) -> Iterator[Found]:
    """The hash beside an offer, a drawn signature and a signed document is the hash of its bytes."""
    return found(
        partner_id,
        """
        SELECT 'offer', o.id, format('the PDF of revision %%s is not the one that was sent', o.revision)
        FROM offers o WHERE o.partner_id = %(partner)s AND encode(sha256(o.pdf), 'hex') <> o.sha256
        UNION ALL
        SELECT 'offer', d.offer_id, format('the signed document (%%s) is not the one that was made', d.kind)
        FROM signed_documents d WHERE d.partner_id = %(partner)s AND encode(sha256(d.content), 'hex') <> d.sha256
        UNION ALL
        SELECT 'offer', s.offer_id, 'the picture of the signature is not the one that was drawn'
        FROM signatures s WHERE s.partner_id = %(partner)s
          AND s.image_sha256 <> coalesce(encode(sha256(s.image), 'hex'), '')
        """,
    )


@checks("T29")
def accepted_offers_are_signed(partner_id: uuid.UUID) -> Iterator[Found]:
    """An offer that was accepted has its signature, and a signature is under the offer, revision, order and document
    that it names."""
    return found(
        partner_id,
        """
        SELECT 'offer', o.id, CASE WHEN s.id IS NULL THEN 'accepted without a signature'
                                   ELSE 'its signature is under something else' END
        FROM offers o LEFT JOIN signatures s ON s.partner_id = o.partner_id AND s.offer_id = o.id
        WHERE o.partner_id = %(partner)s AND (
          (s.id IS NULL AND o.closed_as = 'approved')
          OR (s.revision, s.order_id, s.customer_id, s.document_sha256)
             <> (o.revision, o.order_id, o.customer_id, o.sha256))
        """,
    )


@checks("T29")
def signatures_stand_in_the_history(partner_id: uuid.UUID) -> Iterator[Found]:
    """One `offer.signed` for every signature, with the hash of its evidence and of its document."""
    return found(
        partner_id,
        """
        SELECT 'offer', coalesce(s.offer_id, e.subject_id), CASE
          WHEN e.id IS NULL THEN 'its signature stands in no event' WHEN s.id IS NULL THEN 'its signature is gone'
          ELSE 'its signature is not the one of the event' END
        FROM (SELECT * FROM signatures WHERE partner_id = %(partner)s) s
        FULL JOIN (SELECT * FROM events WHERE partner_id = %(partner)s AND type = 'offer.signed') e
          ON e.subject_id = s.offer_id
        WHERE s.id IS NULL OR e.id IS NULL
          OR e.changes ->> 'evidence_sha256' IS DISTINCT FROM s.evidence_sha256
          OR e.changes ->> 'document_sha256' IS DISTINCT FROM s.document_sha256
        """,
    )


@checks("T29")
def certified_offers_have_both_documents(partner_id: uuid.UUID) -> Iterator[Found]:
    """`certified_at` ⇔ a signed PDF that begins with the offer's own bytes, and a certificate, as the event says."""
    return found(
        partner_id,
        """
        SELECT 'offer', o.id, format('certified: %%s, with %%s documents', o.certified_at IS NOT NULL, made.number)
        FROM offers o
        JOIN LATERAL (SELECT count(*) AS number,
                             count(*) FILTER (WHERE d.kind = 'certificate'
                               OR substring(d.content FOR length(o.pdf)) = o.pdf) AS sound,
                             count(e.id) AS told
                      FROM signed_documents d
                      LEFT JOIN events e ON e.partner_id = d.partner_id AND e.subject_id = d.offer_id
                        AND e.type = 'offer.certified' AND e.changes ->> (d.kind || '_sha256') = d.sha256
                      WHERE d.partner_id = o.partner_id AND d.offer_id = o.id) made ON true
        WHERE o.partner_id = %(partner)s
          AND (made.number, made.sound, made.told)
              <> (SELECT n, n, n FROM (SELECT CASE WHEN o.certified_at IS NULL THEN 0 ELSE 2 END AS n) wanted)
        """,
    )


@checks("T29")
def signatures_are_their_evidence(partner_id: uuid.UUID) -> Iterator[Found]:
    """The hash of a signature's evidence is the hash of what stands in its row."""
    del partner_id  # The open scope is the partner's.
    rows = Signature.objects.select_related("order").defer("image").order_by("id")
    for signature in rows.iterator(chunk_size=BATCH):
        if evidence_of(signature, signature.order.number).sha256 != signature.evidence_sha256:
            yield "offer", signature.offer_id, "the evidence of its signature was changed"
        if signature.kind == Signature.TYPED and signature.image_sha256 != "":
            yield "offer", signature.offer_id, "a typed signature names a picture"
