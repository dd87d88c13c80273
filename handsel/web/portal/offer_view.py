"""What the page of an offer shows, in its reader's language: every amount, date and sentence ready to be placed.

The sentences that are agreed to are made here and nowhere else, so what is kept as evidence is what was on the page.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from django.urls import reverse

from handsel.documents.localised import Localised
from handsel.documents.offer import counted, line_conditions, offer_parties, offer_totals, offer_words
from handsel.documents.sheet import PartyBlock, TotalLine
from handsel.models import Message, Partner
from handsel.reads.sales.offer import DatedRenewal, OfferPage
from handsel.rules.invoice_states import InvoiceStatus
from handsel.rules.offer_content import OfferLine
from handsel.rules.offer_state import OfferState
from handsel.rules.periods import local_date
from handsel.templatetags.handsel_format import datetime_text
from handsel.web.portal.offer_news import News, news_of
from handsel.web.portal.offer_parts import Ask, Charge, Given, ShownFile, ShownLine, ShownMessage
from handsel.web.portal.words import OfferWords, words_for

_POLLED = {
    OfferState.PAYING: "2s",
    OfferState.FINDING_OUT: "3s",
    OfferState.CHALLENGE: "5s",
    OfferState.CLEARING: "60s",
}
"""How often the page asks by itself how things stand."""

_SIGNED_DOCUMENTS = ("offer", "certificate")


@dataclass(frozen=True)
class OfferView:
    """The whole page, for templates."""

    partner: Partner
    page: OfferPage
    token: str

    @cached_property
    def write(self) -> Localised:
        return Localised(self.page.content.locale, self.page.content.currency)

    @cached_property
    def words(self) -> OfferWords:
        return words_for(self.page.content.locale).offer

    @property
    def seller(self) -> str:
        return self.page.content.seller.name

    @property
    def sender(self) -> str:
        return str(self.page.offer.sender.user)

    @property
    def title(self) -> str:
        return self.words.title.format(seller=self.seller)

    @property
    def lead(self) -> str:
        content = self.page.content
        return self.words.lead.format(buyer=content.buyer.name, number=content.number, revision=content.revision)

    @property
    def valid_until(self) -> str:
        """A day where the offer ends with it, else the instant; nothing once it was answered."""
        if self.page.offer.closed_at is not None:
            return ""
        ends = self.page.offer.expires_at.astimezone(ZoneInfo(self.page.customer.timezone))
        if ends.time() == dt.time():
            return self.words.valid_until.format(at=self.write.short_date(ends.date() - dt.timedelta(days=1)))
        return self.words.valid_until.format(at=self.at(self.page.offer.expires_at))

    @property
    def starts(self) -> str:
        """When the contract starts, where that was agreed."""
        day = self.page.content.contract_start_on
        return f"{offer_words(self.write).starts_on}: {self.write.short_date(day)}" if day else ""

    @property
    def parties(self) -> tuple[PartyBlock, ...]:
        """Seller and buyer as the document names them."""
        return offer_parties(self.page.content, self.write)

    def at(self, moment: dt.datetime) -> str:
        """An instant in the customer's zone."""
        return datetime_text(moment, self.page.customer.timezone, str(self.write.locale))

    @cached_property
    def news(self) -> News | None:
        return news_of(self.page, self.words, self.write)

    @property
    def mark(self) -> str:
        """Changes when the page has something else to tell."""
        page = self.page
        payment = f"{page.payment.payment.id}{page.payment.payment.status}" if page.payment else ""
        parts = (page.state, *sorted(page.documents), page.invoice.status if page.invoice else "", payment)
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:16]

    @property
    def poll(self) -> str:
        """How often to ask how things stand; empty where nothing is to be awaited. Documents that are still to come are
        asked for by the card that they will stand in."""
        return _POLLED.get(self.page.state, "")

    @cached_property
    def lines(self) -> list[ShownLine]:
        return [self._line(line) for line in self.page.content.lines]

    def _line(self, line: OfferLine) -> ShownLine:
        lowered = line.unit_price_minor < line.list_price_minor
        return ShownLine(
            name=line.name,
            description=line.description,
            conditions=tuple(each for each in line_conditions(line, self.write) if each),
            quantity=self.write.quantity(line.quantity),
            price=self.write.money(line.unit_price_minor),
            was=self.write.money(line.list_price_minor) if lowered else "",
            amount=self.write.money(line.subtotal_minor - line.discount_minor),
        )

    @property
    def totals(self) -> tuple[TotalLine, ...]:
        return offer_totals(self.page.content, self.write)

    @property
    def due_minor(self) -> int:
        return self.page.order.due_minor

    @property
    def pays(self) -> bool:
        """Whether something is paid on this page."""
        return self.page.content.require_payment and self.due_minor > 0

    @property
    def due(self) -> str:
        return self.write.money(self.due_minor)

    @property
    def total(self) -> str:
        return self.write.money(self.page.content.total_minor)

    @property
    def bar_label(self) -> str:
        """What the amount that stays in sight is."""
        if self.page.state == OfferState.DONE and self.pays:
            return self.write.words.paid
        return offer_words(self.write).due_now if self.pays else self.write.words.total

    @property
    def bar_amount(self) -> str:
        """Empty where nothing came of the offer: then there is no amount to keep in sight."""
        if self.page.state in (OfferState.DECLINED, OfferState.DECLINED_BY_BANK, OfferState.LOCKED):
            return ""
        return self.due if self.pays else self.total

    @property
    def charges(self) -> list[Charge]:
        """What is paid when: today first, or on the day it was accepted."""
        if self.page.state == OfferState.DECLINED:
            return []
        ended = self.page.offer.closed_at
        day = self.write.short_date(local_date(ended, self.page.customer.timezone)) if ended else self.words.today
        now = [Charge(day, self.due, is_now=True)] if self.pays else []
        return now + [self._charge(each) for each in self.page.renewals]

    @property
    def nothing_now(self) -> str:
        """Why nothing is charged today; empty where something is, or nothing is asked any more."""
        if self.pays or self.ask is None:
            return ""
        if self.due_minor:
            return self.words.billed_later.format(seller=self.seller, amount=self.due)
        return self.words.nothing_now

    def _charge(self, each: DatedRenewal) -> Charge:
        then = self.words.then.format(every=self._every(each))
        return Charge(
            when=self.write.short_date(each.first_on),
            amount=self.write.money(each.renewal.amount_minor),
            note=f"{then} · {', '.join(each.renewal.products)}",
        )

    def _every(self, each: DatedRenewal) -> str:
        text = counted(offer_words(self.write).every[each.renewal.interval], each.renewal.interval_count)
        return text[0].lower() + text[1:]

    @property
    def later(self) -> list[str]:
        """What is charged after today: amount, how often, from when."""
        return [
            self.words.keep_card_charge.format(
                amount=self.write.money(each.renewal.amount_minor),
                every=self._every(each),
                date=self.write.short_date(each.first_on),
            )
            for each in self.page.renewals
        ]

    @cached_property
    def ask(self) -> Ask | None:
        """None where the link may not answer any more, or not now."""
        if not {"approve_as_customer", "approve_and_pay"} & set(self.page.may):
            return None
        words, content, signs = self.words, self.page.content, self.page.signature is None
        button = words.sign
        if self.pays:
            button = (words.sign_and_pay if signs else words.pay).format(amount=self.due)
        consent = words.consent.format(
            button=button, buyer=content.buyer.name, number=content.number, revision=content.revision, total=self.total
        )
        return Ask(
            button=button,
            busy=words.paying.format(amount=self.due) if self.pays else words.signing,
            consent=consent if signs else "",
            keep_card=self._keep_card() if self.pays and self.page.renewals else "",
            pays=self.pays,
            signs=signs,
        )

    def _keep_card(self) -> str:
        charges = self.words.keep_card_joint.join(self.later)
        return self.words.keep_card.format(seller=self.seller, charges=charges)

    @property
    def may_need_card(self) -> bool:
        """Whether this page may come to ask for a card: now, after a payment under way has failed, or to keep one."""
        if self.page.state == OfferState.DONE:
            return bool(self.keeping)
        free = not self.due_minor and bool(self.page.renewals)
        return (self.pays or free) and self.page.state not in (OfferState.DECLINED, OfferState.LOCKED)

    @property
    def keeping(self) -> str:
        """What is agreed to by who leaves a card after signing, where nothing was due; empty where none is asked for
        (DOMAIN.md section 3.11)."""
        free = self.page.state == OfferState.DONE and not self.page.content.due_now_minor
        return self._keep_card() if free and self.page.renewals else ""

    @property
    def keeping_shown(self) -> str:
        return hashlib.sha256(self.keeping.encode()).hexdigest()

    @property
    def decline_text(self) -> str:
        return self.words.decline_text.format(seller=self.seller)

    @property
    def conversation_empty(self) -> str:
        return self.words.conversation_empty.format(sender=self.sender)

    @property
    def may_decline(self) -> bool:
        return "decline_as_customer" in self.page.may

    @property
    def may_cancel(self) -> bool:
        return self.page.state == OfferState.CHALLENGE and "cancel_payment" in self.page.may

    @property
    def asks_bank(self) -> bool:
        return self.page.state == OfferState.CHALLENGE

    @property
    def terms_version(self) -> str:
        terms = self.page.content.terms
        return self.words.terms_version.format(version=terms.version) if terms else ""

    @property
    def given(self) -> Given | None:
        signature = self.page.signature
        if signature is None:
            return None
        text = self.words.signed_by.format(name=signature.name, at=self.at(signature.signed_at))
        image = base64.b64encode(bytes(signature.image)).decode() if signature.image else ""
        return Given(text, signature.name, f"data:image/png;base64,{image}" if image else "")

    @property
    def files(self) -> list[ShownFile]:
        """The files that were offered, after the document itself."""
        return [
            ShownFile(
                name=file.name,
                url=reverse("offer_attachment", args=[self.token, file.id]),
                note=self.write.size(file.size_bytes),
                kind="attach",
            )
            for file in self.page.content.attachments
        ]

    @property
    def papers(self) -> list[ShownFile]:
        """What the customer keeps once it is done."""
        if self.page.state != OfferState.DONE:
            return []
        words, invoice = self.words, self.page.invoice
        found = []
        if invoice is not None and invoice.number is not None:
            name = words.receipt if invoice.status == InvoiceStatus.PAID else words.invoice
            found.append(ShownFile(name, reverse("offer_receipt", args=[self.token]), invoice.number))
        names = {"offer": words.signed_document, "certificate": words.certificate}
        found += [
            ShownFile(names[kind], reverse("offer_signed", args=[self.token, kind]), "PDF", "signature")
            for kind in _SIGNED_DOCUMENTS
            if kind in self.page.documents
        ]
        return found

    @property
    def documents_coming(self) -> bool:
        done = self.page.state == OfferState.DONE and self.page.signature is not None
        return done and not set(_SIGNED_DOCUMENTS) <= self.page.documents.keys()

    @property
    def messages(self) -> list[ShownMessage]:
        """The conversation, begun by what was written when the offer was sent."""
        offer = self.page.offer
        first = [ShownMessage(self.sender, offer.message, self.at(offer.sent_at), False)] if offer.message else []
        return first + [self._message(each) for each in self.page.messages]

    def _message(self, each: Message) -> ShownMessage:
        own = each.member_id is None
        return ShownMessage(self.words.you if own else each.author, each.text, self.at(each.created_at), own)

    @property
    def may_write(self) -> bool:
        return self.page.state not in (OfferState.EXPIRED, OfferState.RECALLED, OfferState.REPLACED)
