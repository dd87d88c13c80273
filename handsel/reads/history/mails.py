"""The mails that were made from events: what was sent to whom, and what still waits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from handsel.models import Mail, Partner
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.rules.errors import NotFound


@dataclass(frozen=True, slots=True)
class MailFilters:
    kind: str = ""
    recipient: str = ""


def list_mails(
    partner: Partner,
    filters: MailFilters = MailFilters(),
    *,
    after: uuid.UUID | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page[Mail]:
    """One page of the mails, newest first, without their bodies: one statement."""
    rows = Mail.objects.defer("text", "html")
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.recipient:
        rows = rows.filter(recipient=filters.recipient.lower())
    return page(rows, after, limit)


def mail_of(partner: Partner, mail_id: uuid.UUID) -> Mail:
    """The whole mail. Raises NotFound."""
    mail: Mail | None = Mail.objects.filter(id=mail_id).first()
    if mail is None:
        raise NotFound("not_found", "There is no such mail.")
    return mail
