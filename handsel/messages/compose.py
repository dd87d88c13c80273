"""From sealed events to mails: each event is read once, in the order of the seals, and makes what `LETTERS` says.

The cursor moves in the transaction that writes the mails, and its row is the composers' lock: two workers read one
after the other, and the index on (event, kind, recipient) holds even if they did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.timezone import now as real_now

from handsel.database.ids import new_id, show
from handsel.documents.printable import printable
from handsel.flows.work import working
from handsel.messages.letters import LETTERS, Letter
from handsel.messages.matters import Reader, load
from handsel.messages.render import OwnWords, RenderedMail, language_of, render_mail
from handsel.models import Event, Mail, MailCursor, MailText, Partner, Seal
from handsel.rules.permissions import SYSTEM

BATCH = 200


def compose_mails(partner: Partner) -> int:
    """Read the next sealed events of this partner and write the mails they call for; answers how many events were
    read, 0 when there are none to read."""
    with working(partner, SYSTEM):
        cursor = MailCursor.objects.select_for_update().get()
        seals = Seal.objects.select_related("event").filter(position__gt=cursor.position)
        read = list(seals.order_by("position")[:BATCH])
        if not read:
            return 0
        telling = [seal.event for seal in read if seal.event.type in LETTERS]
        mails = _mails(partner, telling) if telling else []
        Mail.objects.bulk_create(mails, ignore_conflicts=True)
        cursor.position = read[-1].position
        cursor.save(update_fields=["position"])
    return len(read)


def _mails(partner: Partner, events: list[Event]) -> list[Mail]:
    matters, own = load(partner, events), own_words()
    return [_mail(partner, event, letter, own) for event in events for letter in LETTERS[event.type](matters, event)]


def own_words() -> dict[tuple[str, str], OwnWords]:
    """What the partner says in its own words, by kind and language. One statement."""
    return {(row.kind, row.language): OwnWords(row.subject, row.body) for row in MailText.objects.all()}


def _mail(partner: Partner, event: Event, letter: Letter, own: Mapping[tuple[str, str], OwnWords]) -> Mail:
    every = {"partner_name": partner.name, "accent": partner.accent}
    locale = letter.reader.locale
    words = own.get((letter.kind, language_of(letter.kind, locale)))
    rendered = render_mail(letter.kind, locale, {**every, **letter.values}, words)
    return mail_of(event, letter.kind, letter.reader, rendered, letter.attachments)


def mail_of(
    event: Event,
    kind: str,
    reader: Reader,
    rendered: RenderedMail,
    attachments: Sequence[Mapping[str, str]] = (),
) -> Mail:
    """The mail that is owed to a reader on account of an event, due now; not yet written."""
    mail_id = new_id()
    return Mail(
        id=mail_id,
        partner_id=event.partner_id,
        event_id=event.id,
        kind=kind,
        recipient=reader.email,
        recipient_name=printable(reader.name),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        attachments=[dict(attachment) for attachment in attachments],
        message_id=f"<{show(Mail.prefix, mail_id)}@{urlsplit(settings.BASE_URL).hostname}>",
        next_attempt_at=real_now(),
    )
