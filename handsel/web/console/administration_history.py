"""What happened across the partner: every event, and every mail that was made from one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from handsel.database.ids import show
from handsel.models import Customer, Event, Invoice, Mail, Member, Order, Partner, Product, Subscription
from handsel.reads.history.events import EventFilters, HistoryEntry, list_events
from handsel.reads.history.mails import MailFilters, list_mails, mail_of
from handsel.reads.history.subjects import subjects_of
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.administration_words import ADMINISTRATION_SENTENCES
from handsel.web.console.event_words import SENTENCES, SOURCE_WORDS, Told, Words, words
from handsel.web.console.pages import address, after_of, one_of, paging, row_id, search_of
from handsel.web.guards import Desk, staff

SUBJECTS = {
    "order": (Order.prefix, "/orders"),
    "customer": (Customer.prefix, "/customers"),
    "product": (Product.prefix, "/products"),
    "invoice": (Invoice.prefix, "/invoices"),
    "subscription": (Subscription.prefix, "/subscriptions"),
    "member": (Member.prefix, "/administration/members"),
}
ADMINISTRATION_WORDS = {
    "api_key.created": "API key created",
    "api_key.revoked": "API key revoked",
    "clock.advance_started": "Test clock set in motion",
    "clock.advanced": "Test clock moved",
    "partner.created": "Organisation created",
    "partner.updated": "Business details changed",
    "product.created": "Product created",
    "product.updated": "Product changed",
    "tax_rate.created": "Tax rate created",
    "tax_rate.updated": "Tax rate changed",
}
"""What happens outside of orders; `event_words` tells the rest."""

INVITATION_LINK = re.compile(r"(/invitations/)[\w-]+")
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
"""What a mail's own HTML may do when it is looked at: be drawn, and nothing else."""

EVENT_TYPES = {**SENTENCES, **ADMINISTRATION_WORDS, **ADMINISTRATION_SENTENCES}


@require_safe
@staff
def events(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The history, newest first; who does not see all orders sees that of their own."""
    kind = one_of(request, "type", EVENT_TYPES)
    try:
        page = list_events(
            desk.partner, desk.actor, EventFilters(type=kind), after=after_of(request, Event.prefix), limit=50
        )
    except NotFound:
        return redirect(address(request))
    context = {
        "moments": moments(desk.partner, page.rows),
        "types": [(code, code.replace(".", ": ").replace("_", " ").capitalize()) for code in sorted(EVENT_TYPES)],
        "kind": kind,
        "without_type_url": address(request, type=None),
        "paging": paging(request, page, Event.prefix),
    }
    return render(request, "events/index.html", context)


def moments(partner: Partner, entries: Sequence[HistoryEntry]) -> list[dict[str, Any]]:
    """The events as a list shows them, each with whom it was about and a link to what it happened to."""
    subjects = subjects_of(partner, [entry.event for entry in entries])
    return [_moment(entry, partner.currency, subjects.of(entry.event)) for entry in entries]


def _moment(entry: HistoryEntry, currency: str, about: str) -> dict[str, Any]:
    event = entry.event
    said = _said(event, entry.personal, currency)
    fields = event.changes.get("fields")
    more = said.more or (f"Changed: {', '.join(name.replace('_', ' ') for name in fields)}." if fields else "")
    return {
        "title": ADMINISTRATION_WORDS.get(event.type, said.title),
        "about": about,
        "more": more,
        "at": event.occurred_at,
        "actor": entry.actor_name,
        "source": SOURCE_WORDS.get(event.source, event.source) if event.actor_kind == "member" else "",
        "url": _link(event),
    }


def _said(event: Event, personal: dict[str, Any], currency: str) -> Words:
    sentence = ADMINISTRATION_SENTENCES.get(event.type)
    if sentence is not None:
        return sentence(Told(event.changes, personal, currency))
    return words(event.type, event.changes, personal, currency)


def _link(event: Event) -> str:
    """Where it can be looked at, if anywhere."""
    if event.subject_kind in SUBJECTS:
        prefix, folder = SUBJECTS[event.subject_kind]
        return f"{folder}/{show(prefix, event.subject_id)}"
    if event.order_id is not None:
        return f"/orders/{show(Order.prefix, event.order_id)}"
    return f"/customers/{show(Customer.prefix, event.customer_id)}" if event.customer_id is not None else ""


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def mails(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The folder of mails: what was sent, to whom, and what still waits."""
    recipient = search_of(request)
    try:
        page = list_mails(desk.partner, MailFilters(recipient=recipient), after=after_of(request, Mail.prefix))
    except NotFound:
        return redirect(address(request))
    context = {
        "mails": page.rows,
        "q": recipient,
        "without_search_url": address(request, q=None),
        "paging": paging(request, page, Mail.prefix),
        "crumbs": crumbs("Mails"),
    }
    return render(request, "administration/mails.html", context)


@require_safe
@csp_update({"frame-src": [SELF]})  # The mail's body is framed, from an address of ours.
@staff(grant=Grant.SETTINGS_MANAGE)
def mail(request: HttpRequest, desk: Desk, mail: str) -> HttpResponse:
    row = mail_of(desk.partner, row_id(Mail.prefix, mail))
    row.text = _without_secrets(row.kind, row.text)
    context = {
        "mail": row,
        "files": [_attachment(each) for each in row.attachments],
        "as_text": request.GET.get("as") == "text",
        "crumbs": crumbs(row.subject, ("Mails", "/administration/mails")),
    }
    return render(request, "administration/mail.html", context)


@require_safe
@xframe_options_sameorigin
@staff(grant=Grant.SETTINGS_MANAGE)
def mail_body(request: HttpRequest, desk: Desk, mail: str) -> HttpResponse:
    """The mail's HTML as its reader sees it, under a policy that lets it do nothing."""
    row = mail_of(desk.partner, row_id(Mail.prefix, mail))
    response = HttpResponse(_without_secrets(row.kind, row.html))
    response["Content-Security-Policy"] = MAIL_POLICY
    return response


def _without_secrets(kind: str, body: str) -> str:
    """An invitation's link opens a sign-in: it is for its reader alone, whoever else may look at mails."""
    return INVITATION_LINK.sub(r"\1…", body) if kind == "member_invited" else body


def _attachment(each: dict[str, Any]) -> tuple[str, str]:
    """The words and the address of something that the mail carried."""
    kind, text = str(each.get("kind", "")), str(each.get("id", ""))
    if kind == "invoice":
        return "Invoice (PDF)", f"/invoices/{text}/pdf" if text.startswith(Invoice.prefix) else ""
    return f"{kind.replace('_', ' ').capitalize()} (PDF)", ""
