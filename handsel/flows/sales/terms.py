"""The partner's terms of service: texts that are never changed, only followed by a newer version."""

from __future__ import annotations

import hashlib
import uuid

from handsel.flows.fields import Fields
from handsel.flows.idempotency import Claim
from handsel.flows.work import Work, working
from handsel.models import Partner, Terms
from handsel.rules.errors import Invalid, Refused
from handsel.rules.permissions import Actor, Grant, check_grant

TEXT_LENGTH = 50_000
TICK_LENGTH = 300


def current_terms(partner_id: uuid.UUID) -> Terms | None:
    """The newest version that is asked for; None where the partner asks for none. One statement, in the open scope."""
    rows = Terms.objects.filter(partner_id=partner_id, retired_at=None)
    found: Terms | None = rows.order_by("-version").first()
    return found


def publish_terms(
    partner: Partner,
    actor: Actor,
    *,
    title: str,
    text: str,
    tick: str,
    version: int | None = None,
    claim: Claim | None = None,
) -> Terms:
    """A new version, asked for by every offer from now on; the one before is retired, and stands in the offers that
    were sent with it. `tick` is the sentence beside the box that a customer must tick.

    `version` is the number that the reader was told this would be. Raises NotAllowed, Invalid (`duplicate` where
    nothing differs), Refused (`terms_changed` where another version came first).
    """
    check_grant(actor, Grant.SETTINGS_MANAGE)
    words = terms_words(title, text, tick)
    with working(partner, actor) as work:
        newest = _newest_locked(work)
        number = newest.version + 1 if newest is not None else 1
        if version is not None and version != number:
            raise Refused("terms_changed", f"Version {number - 1} was published meanwhile. Read it, then decide anew.")
        if newest is not None and newest.retired_at is None:
            if all(getattr(newest, name) == value for name, value in words.items()):
                raise Invalid.at("text", f"Version {newest.version} says exactly this already.", code="duplicate")
            _retire(work, newest)
        terms = Terms(
            partner_id=partner.id,
            version=number,
            sha256=hashlib.sha256(words["text"].encode()).hexdigest(),
            created_at=work.now,
            **words,
        )
        if claim is not None:
            claim.remember("terms", terms.id)
        terms.save(force_insert=True)
        work.record("terms.published", terms, changes={"version": number, "sha256": terms.sha256})
    return terms


def terms_words(title: str, text: str, tick: str) -> dict[str, str]:
    """The columns as they would be stored: what a preview shows is what is published. Raises Invalid."""
    fields = Fields()
    words = {
        "title": fields.text("title", title, 200, needed=True),
        "text": fields.text("text", text, TEXT_LENGTH, needed=True, breaks=True),
        "tick": fields.text("tick", tick, TICK_LENGTH, needed=True),
    }
    fields.check()
    return words


def stop_asking_terms(partner: Partner, actor: Actor) -> Terms | None:
    """No offer asks for terms from now on; those that were sent still do. Answers with the version that was asked for
    until now; doing it twice changes nothing."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with working(partner, actor) as work:
        newest = _newest_locked(work)
        if newest is None or newest.retired_at is not None:
            return None
        _retire(work, newest)
        work.record("terms.retired", newest, changes={"version": newest.version})
    return newest


def _newest_locked(work: Work) -> Terms | None:
    """The highest version; the partner's row is locked before, so that of two who publish one comes first."""
    Partner.objects.select_for_update(no_key=True).get(id=work.partner.id)
    found: Terms | None = Terms.objects.order_by("-version").first()
    return found


def _retire(work: Work, terms: Terms) -> None:
    terms.retired_at = work.now
    terms.save(update_fields=["retired_at"])
