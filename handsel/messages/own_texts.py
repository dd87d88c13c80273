"""A partner words its mails itself: one kind in one language, checked before it is kept, tried before it is relied on.

Events say that the words changed, and by their digests to what; the words themselves stand in `MailText` alone.
"""

from __future__ import annotations

import hashlib

from handsel.flows.fields import Fields
from handsel.flows.work import Work, working
from handsel.messages.compose import mail_of
from handsel.messages.kinds import TOLD
from handsel.messages.matters import Reader
from handsel.messages.render import EVERY_KIND, KINDS, NEEDED, OwnWords, languages_of, render_mail
from handsel.messages.samples import sample_values
from handsel.models import Mail, MailText, Member, Partner
from handsel.rules.errors import NotFound
from handsel.rules.mail_wording import MOST_BODY, MOST_SUBJECT, complaints
from handsel.rules.permissions import Actor, Grant, check_grant


def values_for(kind: str) -> list[str]:
    """The values that the words of this kind may name."""
    return sorted(KINDS[kind] - (EVERY_KIND - {"partner_name"}))


def check_kind(kind: str, language: str) -> None:
    """Raises NotFound for a kind that does not exist, or has no words in this language."""
    if kind not in TOLD or language not in languages_of(kind):
        raise NotFound("not_found", "There is no such mail.")


def checked_words(kind: str, subject: str, body: str) -> OwnWords:
    """The words as they are kept. Raises Invalid, naming everything that is wrong with them."""
    fields = Fields()
    words = OwnWords(fields.text("subject", subject, MOST_SUBJECT), fields.text("body", body, MOST_BODY, breaks=True))
    said = {error.loc for error in fields.errors}
    found = complaints(words.subject, words.body, values_for(kind), NEEDED.get(kind, ""))
    for field in ("subject", "body"):
        messages = [each.message for each in found if each.field == field]
        if messages and field not in said:
            fields.complain(field, " ".join(messages))
    fields.check()
    return words


def save_mail_text(partner: Partner, actor: Actor, kind: str, language: str, *, subject: str, body: str) -> None:
    """Send this kind in these words from now on. The same words again change nothing."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    check_kind(kind, language)
    words = checked_words(kind, subject, body)
    with working(partner, actor) as work:
        row = _row(work, kind, language)
        before = _digest(OwnWords(row.subject, row.body)) if row.body else ""
        if before == _digest(words):
            return
        row.subject, row.body, row.updated_at = words.subject, words.body, work.now
        row.save()
        work.record("mail_text.updated", row, changes={**_about(row), "sha256": [before, _digest(words)]})


def remove_mail_text(partner: Partner, actor: Actor, kind: str, language: str) -> None:
    """Back to our words. Nothing happens where they are in use already."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    check_kind(kind, language)
    with working(partner, actor) as work:
        row = _row(work, kind, language)
        if not row.body:
            return
        before = _digest(OwnWords(row.subject, row.body))
        MailText.objects.filter(id=row.id).delete()
        work.record("mail_text.removed", row, changes={**_about(row), "sha256": [before, ""]})


def send_test_mail(
    partner: Partner, actor: Actor, member: Member, kind: str, language: str, *, subject: str, body: str
) -> Mail:
    """Send these words, kept or not, with made-up values to the member's own address."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    check_kind(kind, language)
    words = checked_words(kind, subject, body)
    reader = Reader(member.user.email, str(member), language)
    rendered = render_mail(kind, language, sample_values(kind, language, partner), words)
    with working(partner, actor) as work:
        row = _row(work, kind, language)
        event = work.record("mail_text.tested", row, changes={**_about(row), "sha256": _digest(words)})
        work.flush()
        mail = mail_of(event, kind, reader, rendered)
        mail.save(force_insert=True)
    return mail


def _row(work: Work, kind: str, language: str) -> MailText:
    """The partner's words, locked; a row that is not written yet where there are none. Who words a mail first is found
    out by the partner's own row, so that two do not meet at the index."""
    Partner.objects.select_for_update(no_key=True).get(id=work.partner.id)
    row: MailText | None = MailText.objects.filter(kind=kind, language=language).first()
    return row or MailText(partner_id=work.partner.id, kind=kind, language=language)


def _about(row: MailText) -> dict[str, str]:
    return {"kind": row.kind, "language": row.language}


def _digest(words: OwnWords) -> str:
    return hashlib.sha256(f"{words.subject}\n\n{words.body}".encode()).hexdigest()
