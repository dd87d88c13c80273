"""What is sent to a customer, what the customer gives back, and the proof of both."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import now as real_now

from handsel.database.tables import TenantForeignKey, TenantTable
from handsel.models.people import Contact, Customer, MemberKey
from handsel.models.sales import Order
from handsel.rules.offers import CLOSED_AS, ClosedAs


class Terms(TenantTable):
    """One version of a partner's terms of service. A text is never changed: a new one is a new version, and offers
    that were sent keep the version they were sent with. The newest that is not retired is asked for."""

    prefix = "trm"

    version = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    tick = models.CharField(max_length=300)  # the sentence beside the box that must be ticked
    sha256 = models.CharField(max_length=64)  # of the text
    created_at = models.DateTimeField(default=real_now)
    retired_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "terms"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "version"], name="terms_version_once")
        ]


class Offer(TenantTable):
    """One revision of an order as it was sent: frozen content, the PDF made from it, and the PDF's SHA-256.

    Its link is derived (`database.secrets.link_token`), so that mails and staff can repeat it while the database holds
    a hash; `sends` counts the links, of which only the newest works. How an offer ended stands in `closed_as`; while
    that is empty, whether it can be answered follows from it, its order and the time (`rules.offers`).
    """

    prefix = "ofr"

    order = TenantForeignKey(Order, related_name="offers")
    customer = TenantForeignKey(Customer)
    revision = models.PositiveIntegerField()
    contact = TenantForeignKey(Contact)
    contact_name = models.CharField(max_length=200)
    contact_email = models.EmailField()
    sender = MemberKey()
    require_payment = models.BooleanField()
    message = models.TextField(blank=True)
    locale = models.CharField(max_length=10)
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    content = models.JSONField()  # documents.offer_content.OfferContent
    terms = TenantForeignKey(Terms, null=True)
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)  # of the PDF's bytes
    sends = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)  # the page was asked for
    viewed_at = models.DateTimeField(null=True)  # somebody looked at it
    failed_cards = models.PositiveIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_as = models.CharField(max_length=12, blank=True)
    certified_at = models.DateTimeField(null=True)  # its signed documents are made
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "offers"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "order", "revision"], name="one_offer_per_revision"),
            models.UniqueConstraint(
                fields=["partner", "order"], condition=models.Q(closed_at=None), name="one_open_offer_per_order"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_as="")
                | models.Q(closed_at__isnull=False, closed_as__in=CLOSED_AS),
                name="offer_closed_as_known",
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["expires_at"], name="offers_to_expire", condition=models.Q(closed_at=None)),
            models.Index(
                fields=["closed_at"],
                name="offers_to_certify",
                condition=models.Q(certified_at=None, closed_as=ClosedAs.APPROVED.value),
            ),
        ]


class Signature(TenantTable):
    """What the customer gave: who, how, when, from where, to which document and which terms. One for each offer; never
    changed, never deleted. `evidence_sha256` is over its canonical evidence (`documents.evidence`)."""

    prefix = "sig"
    append_only = True

    DRAWN, TYPED = "drawn", "typed"

    offer = TenantForeignKey(Offer)
    order = TenantForeignKey(Order)
    customer = TenantForeignKey(Customer)
    revision = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    email = models.EmailField()
    kind = models.CharField(max_length=5)
    image = models.BinaryField(null=True)  # PNG of a drawn one
    image_sha256 = models.CharField(max_length=64, blank=True)
    consent = models.TextField()  # the sentence above the button, as it was shown
    agreed = models.JSONField(default=list)  # the sentences that were ticked, as they were shown
    terms = models.JSONField(null=True)  # {title, version, sha256}
    document_sha256 = models.CharField(max_length=64)
    address = models.CharField(max_length=45)
    user_agent = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField()
    viewed_at = models.DateTimeField()
    signed_at = models.DateTimeField()
    evidence_sha256 = models.CharField(max_length=64)

    class Meta(TenantTable.Meta):
        db_table = "signatures"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "offer"], name="one_signature_per_offer"),
            models.CheckConstraint(condition=~models.Q(name=""), name="signature_has_a_name"),
            models.CheckConstraint(
                condition=models.Q(kind="typed", image=None) | models.Q(kind="drawn", image__isnull=False),
                name="drawn_signature_has_an_image",
            ),
        ]


class SignedDocument(TenantTable):
    """A document of an answered offer, made once and kept: the offer's PDF with our digital signature, and the
    certificate with the evidence inside."""

    append_only = True

    OFFER, CERTIFICATE = "offer", "certificate"

    offer = TenantForeignKey(Offer)
    kind = models.CharField(max_length=12)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta(TenantTable.Meta):
        db_table = "signed_documents"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "offer", "kind"], name="signed_document_once")
        ]


class SigningKey(TenantTable):
    """The key that signs a partner's certificates: made by us, or the partner's own. One is in use; older ones stay,
    since documents that they signed do too."""

    prefix = "sky"

    key_encrypted = models.TextField()  # PKCS #8 PEM
    certificate = models.TextField()  # X.509 PEM, with its chain where there is one
    fingerprint = models.CharField(max_length=64)  # SHA-256 of the certificate
    is_own = models.BooleanField(default=False)  # brought by the partner
    created_at = models.DateTimeField(default=real_now)
    retired_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "signing_keys"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner"], condition=models.Q(retired_at=None), name="one_signing_key_in_use"
            )
        ]


class Message(TenantTable):
    """One message between the customer and the people who sell, on an order."""

    prefix = "txt"

    order = TenantForeignKey(Order)
    offer = TenantForeignKey(Offer, null=True)
    customer = TenantForeignKey(Customer)
    member = MemberKey(null=True)  # null: the customer wrote it
    author = models.CharField(max_length=200)
    text = models.TextField()
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "messages"
        indexes: ClassVar[list[Any]] = [models.Index(fields=["partner", "order", "id"], name="messages_by_order")]
