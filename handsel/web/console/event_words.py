"""What happened, in plain words: one sentence for every type of event, for history tabs and lists of events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from handsel.rules.declines import explain
from handsel.rules.offline import KINDS
from handsel.templatetags.handsel_format import date, money_text

SOURCE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "console": "in the console",
        "api": "by API",
        "link": "by the customer's link",
        "gateway": "told by the payment gateway",
        "clock": "by the clock",
        "vendor": "told by the vendor",
    }
)
ACTOR_WORDS: Mapping[str, str] = MappingProxyType(
    {"clock": "Handsel", "gateway": "Payment gateway", "system": "Handsel", "vendor": "Vendor", "link": "The customer"}
)


@dataclass(frozen=True, slots=True)
class Words:
    """One event as people read it; `more` is a second line such as a reason."""

    title: str
    tone: str = "neutral"
    icon: str = ""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What a sentence may use: the event's changes, its personal side (empty once erased), the order's currency."""

    changes: Mapping[str, Any]
    personal: Mapping[str, Any]
    currency: str

    def money(self, name: str = "amount_minor") -> str:
        amount = self.changes.get(name)
        if not isinstance(amount, int):
            return "the amount"
        return money_text(amount, str(self.changes.get("currency") or self.currency))

    def day(self, name: str) -> str:
        """The day of an instant; empty where there is none."""
        written = self.changes.get(name)
        return date(dt.datetime.fromisoformat(written)) if isinstance(written, str) else ""

    def text(self, name: str) -> str:
        return str(self.personal.get(name) or self.changes.get(name) or "")


Sentence = Callable[[Told], Words]


def words(event_type: str, changes: Mapping[str, Any], personal: Mapping[str, Any], currency: str = "USD") -> Words:
    """The sentence of an event. A type without one of its own is spelt out, so that nothing is ever hidden."""
    sentence = SENTENCES.get(event_type)
    if sentence is None:
        noun, _, verb = event_type.partition(".")
        return Words(f"{noun} {verb}".replace("_", " ").capitalize())
    return sentence(Told(changes, personal, currency))


def _says(title: str, tone: str = "neutral", icon: str = "") -> Sentence:
    return lambda told: Words(title, tone, icon, told.text("reason"))


FIELD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "lines": "lines",
        "contract_start_on": "contract start date",
        "staff_notes": "notes for staff",
        "customer_notes": "notes for the customer",
        "tags": "tags",
        "billing_recipient_id": "billing recipient",
        "billing_method_id": "payment method",
    }
)


def _created(told: Told) -> Words:
    copied = told.changes.get("duplicate_of")
    return Words("Order created as a copy of another" if copied else "Order created", "neutral", "edit")


def _updated(told: Told) -> Words:
    fields = [FIELD_WORDS.get(name, name.replace("_", " ")) for name in told.changes.get("fields", [])]
    title = f"Order edited: {_list(fields)}" if fields else "Order edited"
    return Words(title, "neutral", "edit", _total_change(told))


def _total_change(told: Told) -> str:
    total = told.changes.get("total_minor")
    if not isinstance(total, list) or len(total) != 2:
        return ""
    was, now = (money_text(int(each), told.currency) for each in total)
    return f"The total went from {was} to {now}."


def _repriced(told: Told) -> Words:
    return Words("Tax worked out anew", "info", "edit", _total_change(told))


def _list(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def _order_declined(told: Told) -> Words:
    if told.changes.get("cause") == "payment":
        return Words("Order declined, because the payment was", "bad")
    by = "the customer" if told.changes.get("cause") == "customer" else "an admin"
    return Words(f"Order declined by {by}", "bad", more=told.text("reason"))


def _sent_for_approval(told: Told) -> Words:
    with_payment = "Payment is required." if told.changes.get("require_payment") else ""
    return Words(f"Submitted for customer approval{_as_revision(told)}", "info", "send", with_payment)


def _offer_sent(told: Told) -> Words:
    name, email = told.text("name"), told.text("email")
    to = f"{name}, {email}" if name and email else name or email or "a contact whose name was erased"
    again = " again" if told.changes.get("sends", 1) > 1 else ""
    until = told.day("expires_at")
    more = f"Over {told.money('total_minor')}, valid until {until}." if until else ""
    return Words(f"Offer mailed{again} to {to}", "info", "mail", more)


def _signed(told: Told) -> Words:
    version = told.changes.get("terms_version")
    terms = f"Terms of service, version {version}, were accepted." if version else ""
    return Words(f"Signed by {told.text('name') or 'a name that was erased'}", "good", "signature", terms)


def _locked(told: Told) -> Words:
    failed = told.changes.get("failed_cards", "Too many")
    where = "on all links of this customer within a day" if told.changes.get("why") == "customer" else "on this link"
    return Words("Link locked: it takes no more cards", "bad", "lock", f"{failed} cards failed {where}.")


CLOSED_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "approved": "the customer accepted it",
        "declined": "the customer declined it",
        "recalled": "it was taken back",
        "expired": "its time ran out",
        "cancelled": "its order was cancelled",
    }
)


def _closed(told: Told) -> Words:
    why = CLOSED_WORDS.get(told.text("as"))
    return Words(
        f"Offer closed: {why}" if why else "Offer closed", "good" if told.text("as") == "approved" else "neutral"
    )


def _message(told: Told) -> Words:
    which = "from the customer" if told.changes.get("by") == "customer" else "to the customer"
    return Words(f"Message {which}", "info", "mail", told.text("text"))


def _terms(verb: str, tone: str) -> Sentence:
    return lambda told: Words(f"Terms of service{_as_version(told)} {verb}", tone)


def _as_version(told: Told) -> str:
    version = told.changes.get("version")
    return f", version {version}," if version else ""


def _as_revision(told: Told) -> str:
    revision = told.changes.get("revision")
    return f", revision {revision}" if revision else ""


def _payment_created(told: Told) -> Words:
    received = KINDS.get(told.text("offline"))
    if received:
        return Words(f"{told.money()} recorded as received: {received.lower()}", "neutral", "payments")
    return Words(f"Payment of {told.money()} prepared", "neutral", "payments")


def _payment_declined(told: Told) -> Words:
    code = told.text("decline_code")
    return Words(f"Payment of {told.money()} declined", "bad", more=explain(code).staff_message)


def _invoice_issued(told: Told) -> Words:
    number, total = told.text("number"), told.money("total_minor")
    paid = " and paid" if told.changes.get("status") == "paid" else ""
    return Words(f"Invoice {number} over {total} issued{paid}", "good" if paid else "info", "invoices")


def _attachment(verb: str) -> Sentence:
    def said(told: Told) -> Words:
        name = told.text("name") or "a file whose name was erased"
        return Words(f"Attachment {verb}: {name}", "neutral", "attach")

    return said


def _saved_method(told: Told) -> Words:
    return Words(
        f"Payment method saved: {told.text('brand').capitalize()} ···· {told.text('last4')}", "good", "payments"
    )


def _verified_method(told: Told) -> Words:
    answers = {
        "ok": ("The bank confirmed the payment method", "good"),
        "declined": ("The bank did not confirm the payment method", "bad"),
        "asks": ("The bank wants to ask the customer about the payment method", "warn"),
    }
    return Words(*answers.get(told.text("verification"), ("Payment method verified", "neutral")))


def _refund(title: str, tone: str) -> Sentence:
    return lambda told: Words(title.format(amount=told.money()), tone, "refund")


def _refund_created(told: Told) -> Words:
    waits = told.changes.get("needs_approval")
    said = "asked for; a second person must agree" if waits else "begun"
    return Words(f"Refund of {told.money()} {said}", "warn" if waits else "info", "refund", told.text("reason"))


def _credit_note_issued(told: Told) -> Words:
    number, total = told.text("number"), told.money("total_minor")
    return Words(f"Credit note {number} over {total} issued", "info", "invoices", told.text("reason"))


_CHOSEN_WORDS: Mapping[str, str] = MappingProxyType({"end": "ended", "void": "voided", "refund": "refunded"})


def _order_cancelled(told: Told) -> Words:
    """With what was done to the things that hung on it, counted."""
    choices = dict(told.changes.get("chosen") or {}).values()
    done = [_CHOSEN_WORDS[each] for each in choices if each in _CHOSEN_WORDS]
    counted = _list([f"{done.count(word)} {word}" for word in dict.fromkeys(done)])
    said = (told.text("reason").rstrip("."), f"With it: {counted}" if counted else "")
    more = ". ".join(part for part in said if part)
    return Words("Order cancelled", "warn", "", f"{more}." if more else "")


SENTENCES: Mapping[str, Sentence] = MappingProxyType(
    {
        "order.created": _created,
        "order.updated": _updated,
        "order.repriced": _repriced,
        "order.duplicated": _says("Copied into a new draft", icon="copy"),
        "order.submitted": _says("Sent to an admin", "info", "send"),
        "order.resubmitted": _says("Sent to an admin again", "info", "send"),
        "order.withdrawn": _says("Withdrawn from review", icon="undo"),
        "order.approved": _says("Approved", "good"),
        "order.declined": _order_declined,
        "order.payment_started": lambda told: Words(f"Payment of {told.money()} started", "info", "payments"),
        "order.paid": _says("First payment settled", "good"),
        "order.payment_cancellation_asked": _says("Asked the gateway to cancel the payment", icon="undo"),
        "order.payment_cancelled": _says("Payment cancelled; the order is back where it was", icon="undo"),
        "order.activation_started": _says("Activation started", "info", "plug"),
        "order.scheduled": _says("Activation scheduled", "info", "calendar"),
        "order.activated": _says("Order activated", "good"),
        "order.activation_failed": _says("Something could not be activated", "bad"),
        "order.activation_retried": _says("Activation tried again", "info", "plug"),
        "order.errors_ignored": _says("Activation errors ignored; nothing was activated", "warn"),
        "order.sent_for_approval": _sent_for_approval,
        "order.offer_resent": _says("Sent to the customer again, by a new link", "info", "send"),
        "order.recalled": _says("Recalled from the customer; the link is over", "warn", "undo"),
        "order.approved_by_customer": _says("Approved by the customer", "good"),
        "order.offer_expired": _says("Nobody answered the offer in time; the order is cancelled", "warn"),
        "order.cancelled": _order_cancelled,
        "offer.sent": _offer_sent,
        "offer.opened": _says("Offer opened", "info", "external"),
        "offer.viewed": _says("Offer viewed", "info", "search"),
        "offer.signed": _signed,
        "offer.locked": _locked,
        "offer.certified": _says("Signed PDF and certificate made", "good", "lock"),
        "offer.closed": _closed,
        "message.written": _message,
        "terms.published": _terms("published", "info"),
        "terms.retired": _terms("retired", "neutral"),
        "order.converted_to_draft": _says("Converted to a draft, as a new revision", icon="edit"),
        "order.cancellation_requested": _says("Cancellation requested", "warn"),
        "order.cancellation_refused": _says("Cancellation refused; the order is back where it was", icon="undo"),
        "order.archived": _says("Archived", icon="archive"),
        "order.unarchived": _says("Taken out of the archive", icon="archive"),
        "order.reassigned": _says("Given to another owner", icon="user"),
        "order.attachment_added": _attachment("added"),
        "order.attachment_removed": _attachment("removed"),
        "payment.created": _payment_created,
        "payment.submitted": _says("Payment sent to the gateway", "info", "payments"),
        "payment.action_required": _says("The customer's bank wants to ask the customer; the link was mailed", "warn"),
        "payment.clearing_started": _says("The bank is clearing the payment", "info"),
        "payment.outcome_lost": _says("No answer from the gateway; we are finding out", "warn"),
        "payment.outcome_overdue": _says("The outcome of the payment is still not known; staff were told", "warn"),
        "payment.succeeded": lambda told: Words(f"Payment of {told.money()} succeeded", "good", "payments"),
        "payment.declined": _payment_declined,
        "payment.cancelled": _says("Payment cancelled", "neutral", "payments"),
        "payment.captured_late": lambda told: Words(f"{told.money()} came late and will be refunded", "warn"),
        "payment_method.saved": _saved_method,
        "payment_method.verified": _verified_method,
        "payment_method.removed": _says("Payment method removed", icon="trash"),
        "refund.created": _refund_created,
        "refund.approved": _refund("Refund of {amount} approved by a second person", "good"),
        "refund.refused": _refund("Refund of {amount} refused; nothing was sent", "warn"),
        "refund.succeeded": _refund("Refund of {amount} made", "good"),
        "refund.failed": _refund("Refund refused by the gateway: give the money back another way", "bad"),
        "credit_note.issued": _credit_note_issued,
        "activation.created": _says("Activation prepared", icon="plug"),
        "activation.started": _says("Activation due: its day has come", "info", "plug"),
        "activation.activated": _says("Product activated", "good", "plug"),
        "activation.failed": _says("Product could not be activated", "bad", "plug"),
        "activation.retried": _says("Vendor told again", "info", "plug"),
        "activation.errors_ignored": _says("Activation error ignored", "warn", "plug"),
        "activation.cancelled": _says("Activation cancelled", icon="plug"),
        "activation.deactivated": _says("Product deactivated", icon="plug"),
        "subscription.created": _says("Subscription created", "info", "subscriptions"),
        "subscription.started": _says("Subscription started", "good", "subscriptions"),
        "subscription.renewed": _says("Subscription renewed", "good", "subscriptions"),
        "subscription.fell_past_due": _says("Subscription past due", "bad", "subscriptions"),
        "subscription.recovered": _says("Subscription paid up again", "good", "subscriptions"),
        "subscription.billing_held": _says("Subscription not billed, since its product is not active", "warn"),
        "subscription.billing_resumed": _says("Subscription billed again", "good", "subscriptions"),
        "subscription.ended": _says("Subscription ended", icon="subscriptions"),
        "subscription.cancelled": _says("Subscription cancelled", icon="subscriptions"),
        "invoice.issued": _invoice_issued,
        "invoice.paid": _says("Invoice paid", "good", "invoices"),
        "invoice.voided": _says("Invoice voided", icon="invoices"),
        "invoice.finalised": _says("Invoice finalised", "info", "invoices"),
        "invoice.written_off": _says("Invoice written off", "warn", "invoices"),
        "invoice.collection_refused": _says("Invoice could not be charged", "bad", "invoices"),
        "billing_settings.completed": _says("Default billing completed, where nothing was set", "good"),
        "billing_settings.updated": _says("Billing settings changed", icon="edit"),
        "customer.created": _says("Customer created", icon="customers"),
        "customer.updated": _says("Customer changed", icon="edit"),
        "signing_key.created": _says("A key was made that signs what customers signed", icon="lock"),
        "signing_key.brought": _says("Your own signing key is in use", icon="lock"),
        "contact.created": _says("Contact added", icon="user"),
        "contact.updated": _says("Contact changed", icon="edit"),
    }
)
