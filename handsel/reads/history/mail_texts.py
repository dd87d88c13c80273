"""Which mails a partner words itself."""

from __future__ import annotations

from handsel.models import MailText, Partner


def mail_texts_of(partner: Partner) -> dict[tuple[str, str], MailText]:
    """The partner's own words, by kind and language. One statement."""
    return {(row.kind, row.language): row for row in MailText.objects.all()}


def mail_text_of(partner: Partner, kind: str, language: str) -> MailText | None:
    """None where the partner uses our words."""
    row: MailText | None = MailText.objects.filter(kind=kind, language=language).first()
    return row
