"""Sending what is owed: (1) the attempt is claimed and its next date set, (2) the mail is sent with no transaction
open, (3) that it was sent is written.

A mail that was sent although we died before writing it is sent again under the same Message-ID, which mail programs
show once. Bodies and addresses are never logged.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.utils.timezone import now as real_now

from handsel.database.tenancy import reading
from handsel.documents.credit_note import render_credit_note
from handsel.documents.invoice import render_invoice
from handsel.flows.work import working
from handsel.gateways.guard import forbid_open_transaction
from handsel.models import CreditNote, Invoice, Mail, Partner, SignedDocument
from handsel.reads.billing.credit_note import credit_note_document
from handsel.reads.billing.invoice import invoice_document
from handsel.rules.permissions import SYSTEM

log = structlog.get_logger(__name__)

TRIES = 10
AGAIN_SECONDS = (30, 60, 300, 900, 1800, 3600, 7200, 14400, 28800, 43200)
"""The pauses after a try that failed; after the last one the mail is given up."""


SIGNED = {
    "signed_offer": (SignedDocument.OFFER, "signed"),
    "certificate": (SignedDocument.CERTIFICATE, "certificate"),
}
"""What may be attached of a signed offer: the kind of the stored document, and how its name ends."""


@dataclass(frozen=True, slots=True)
class File:
    """A PDF to attach. `content` gives its bytes, with no transaction open."""

    name: str
    content: Callable[[], bytes]


def send_mail(partner: Partner, mail_id: uuid.UUID) -> None:
    """Send one mail if it is due; a failure leaves it due again later, until the tries are used up."""
    mail = _claim(partner, mail_id)
    if mail is None:
        return
    # If we die here: nothing was sent, and the mail is due again at its next attempt.
    files = _files(partner, mail)
    connection.close()
    try:
        _send(partner, mail, files)
    except OSError as error:  # smtplib's errors are OSErrors too.
        _failed(partner, mail, error)
        return
    # If we die here: the mail is sent a second time, under the same Message-ID.
    with working(partner, SYSTEM):
        Mail.objects.filter(id=mail.id).update(sent_at=real_now(), next_attempt_at=None, last_error="")


def _claim(partner: Partner, mail_id: uuid.UUID) -> Mail | None:
    with working(partner, SYSTEM) as work:
        mail: Mail = Mail.objects.select_for_update().get(id=mail_id)
        now = real_now()
        if mail.sent_at is not None or mail.next_attempt_at is None or mail.next_attempt_at > now:
            return None
        if mail.attempts >= TRIES:
            mail.next_attempt_at = None
            mail.save(update_fields=["next_attempt_at"])
            work.record("mail.given_up", mail, changes={"kind": mail.kind, "tries": mail.attempts})
            return None
        pause = AGAIN_SECONDS[min(mail.attempts, len(AGAIN_SECONDS) - 1)]
        mail.attempts += 1
        mail.next_attempt_at = now + dt.timedelta(seconds=pause)
        mail.save(update_fields=["attempts", "next_attempt_at"])
        return mail


def _files(partner: Partner, mail: Mail) -> list[File]:
    """What is attached, as it is stored; an invoice is typeset from what was frozen when the mail leaves."""
    wanted: dict[str, list[str]] = {}
    for attachment in mail.attachments:
        wanted.setdefault(attachment["kind"], []).append(attachment["id"])
    if not wanted:
        return []
    with reading(partner.id):
        invoices, notes = wanted.get("invoice", ()), wanted.get("credit_note", ())
        return [*_invoices(invoices), *_credit_notes(notes), *_signed(wanted)]


def _invoices(ids: Collection[str]) -> Iterator[File]:
    for invoice in Invoice.objects.select_related("customer", "partner").filter(id__in=ids).order_by("id"):
        document = invoice_document(invoice)
        yield File(f"{document.number}.pdf", functools.partial(render_invoice, document))


def _credit_notes(ids: Collection[str]) -> Iterator[File]:
    for note in CreditNote.objects.select_related("invoice").filter(id__in=ids).order_by("id") if ids else ():
        yield File(f"{note.number}.pdf", functools.partial(render_credit_note, credit_note_document(note)))


def _signed(wanted: Mapping[str, Collection[str]]) -> Iterator[File]:
    """The bytes that were stored when the offer was certified, and no others."""
    rows = SignedDocument.objects.select_related("offer__order").defer("offer__pdf", "offer__content").order_by("id")
    for attached, (kind, ending) in SIGNED.items():
        for row in rows.filter(kind=kind, offer_id__in=wanted[attached]) if attached in wanted else ():
            name = f"{row.offer.order.number}-{row.offer.revision}-{ending}.pdf"
            yield File(name, functools.partial(bytes, row.content))


def _send(partner: Partner, mail: Mail, files: Sequence[File]) -> None:
    forbid_open_transaction()
    address = parseaddr(settings.MAIL_FROM)[1]
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=formataddr((partner.name, address)),
        to=[formataddr((mail.recipient_name, mail.recipient))],
        reply_to=[partner.email] if partner.email else None,
        headers={"Message-ID": mail.message_id, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(mail.html, "text/html")
    for file in files:
        message.attach(file.name, file.content(), "application/pdf")
    message.send()
    log.info("mail_sent", mail=mail.shown_id, kind=mail.kind, attempt=mail.attempts)


def _failed(partner: Partner, mail: Mail, error: OSError) -> None:
    """The kind of error and the server's number; its words may repeat the address."""
    why = f"{type(error).__name__} {getattr(error, 'smtp_code', '')}".strip()
    log.warning("mail_not_sent", mail=mail.shown_id, error=why, attempt=mail.attempts)
    with working(partner, SYSTEM):
        Mail.objects.filter(id=mail.id).update(last_error=why)
