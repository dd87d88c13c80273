"""The offer: what a customer reads, signs and keeps (DOMAIN.md section 4).

It is made once, when the offer is sent, from its frozen content alone; its bytes are what is signed. So nothing is
printed here that could differ between two readers: neither the link nor how long it holds.
"""

from __future__ import annotations

from decimal import Decimal

from handsel.documents.colour import readable_on_white
from handsel.documents.invoice import Party, TaxLine, footer_text, party_block, tax_name
from handsel.documents.localised import MINUS, Localised
from handsel.documents.offer_words import OFFER_WORDS, OfferWords
from handsel.documents.sheet import Cell, Column, Labelled, PartyBlock, Section, Sheet, Table, TotalLine, typeset
from handsel.rules.offer_content import OfferContent, OfferLine, OfferParty, OfferRenewal, OfferTax


def render_offer(content: OfferContent, logo: bytes | None = None) -> bytes:
    """The offer as PDF/A, in its customer's language; equal content (and logo) gives equal bytes."""
    return typeset(_sheet(content, Localised(content.locale, content.currency)), logo)


def offer_words(write: Localised) -> OfferWords:
    return OFFER_WORDS[write.locale.language]


def line_terms(line: OfferLine, write: Localised) -> str:
    """How often a line is billed and for how long: "Monthly, 12 periods"; nothing for what is sold once."""
    if line.interval is None:
        return ""
    words = offer_words(write)
    periods = words.until_cancelled if line.periods is None else counted(words.periods, line.periods)
    return f"{counted(words.every[line.interval], line.interval_count)}, {periods}"


def renewal_time(renewal: OfferRenewal, write: Localised) -> tuple[str, str]:
    """How often, and when for the first time."""
    words = offer_words(write)
    often = counted(words.every[renewal.interval], renewal.interval_count)
    if renewal.first_on is not None:
        return often, words.renewal_first_on.format(date=write.date(renewal.first_on))
    if renewal.trial_days:
        trial = counted(words.length["day"], renewal.trial_days)
        return often, words.renewal_first_after_trial.format(length=trial)
    length = counted(words.length[renewal.interval], renewal.interval_count)
    return often, words.renewal_first_after.format(length=length)


def counted(forms: tuple[str, str], count: int) -> str:
    return forms[0] if count == 1 else forms[1].format(count=count)


def _sheet(content: OfferContent, write: Localised) -> Sheet:
    words, seller = offer_words(write), _party(content.seller)
    return Sheet(
        language=write.locale.language,
        region=write.locale.territory,
        paper=write.paper,
        accent=readable_on_white(content.accent),
        made_on=content.made_on,
        kind=words.offer,
        status=None,
        settled=False,
        heading=f"{words.offer} {content.number}",
        author=content.seller.name,
        facts=_facts(content, write),
        parties=offer_parties(content, write),
        headline=_headline(content, write),
        link=None,
        table=_line_table(content.lines, write),
        totals=offer_totals(content, write),
        payments_label="",
        payments=None,
        paragraphs=(),
        sections=_sections(content, write),
        footer=footer_text(seller, write.words),
        page_label=write.words.page,
    )


def offer_parties(content: OfferContent, write: Localised) -> tuple[PartyBlock, PartyBlock]:
    """Seller and buyer, as document and page name them."""
    return (
        party_block(write.words.seller, _party(content.seller), write.words),
        party_block(offer_words(write).for_whom, _party(content.buyer), write.words),
    )


def _party(party: OfferParty) -> Party:
    return Party(
        name=party.name,
        legal_name=party.legal_name,
        address=party.address,
        tax_id=party.tax_id,
        email=party.email,
    )


def _facts(content: OfferContent, write: Localised) -> tuple[Labelled, ...]:
    words = offer_words(write)
    facts = [
        Labelled(words.order_number, content.number),
        Labelled(words.revision, str(content.revision)),
        Labelled(words.made_on, write.date(content.made_on)),
    ]
    if content.contract_start_on is not None:
        facts.append(Labelled(words.starts_on, write.date(content.contract_start_on)))
    return tuple(facts)


def _headline(content: OfferContent, write: Localised) -> str:
    words, amount = offer_words(write), write.money(content.due_now_minor)
    if not content.due_now_minor:
        return words.nothing_due
    template = words.due_on_acceptance if content.require_payment else words.billed_after_acceptance
    return template.format(amount=amount)


def _line_table(lines: tuple[OfferLine, ...], write: Localised) -> Table:
    words = write.words
    taxed = any(line.tax_minor for line in lines)
    amounts = (words.net, words.tax, words.total) if taxed else (words.amount,)
    columns = (
        Column(words.description, numeric=False),
        *(Column(label, numeric=True) for label in (words.quantity, words.unit_price, *amounts)),
    )
    return Table(columns, tuple(_line_cells(line, taxed, write) for line in lines))


def _line_cells(line: OfferLine, taxed: bool, write: Localised) -> tuple[Cell, ...]:
    amounts = (line.net_minor, line.tax_minor, line.total_minor) if taxed else (line.total_minor,)
    return (
        Cell(line.name, _line_notes(line, write)),
        Cell(write.quantity(line.quantity)),
        _price(line, write),
        *(Cell(write.money(amount)) for amount in amounts),
    )


def _price(line: OfferLine, write: Localised) -> Cell:
    """A lowered price names what it replaces, struck through; a raised one stands alone (DOMAIN.md section 4)."""
    price = write.money(line.unit_price_minor)
    if line.unit_price_minor >= line.list_price_minor:
        return Cell(price)
    return Cell(price, struck=Labelled(offer_words(write).instead_of, write.money(line.list_price_minor)))


def _line_notes(line: OfferLine, write: Localised) -> tuple[str, ...]:
    return tuple(note for note in (line.description, *line_conditions(line, write)) if note)


def line_conditions(line: OfferLine, write: Localised) -> tuple[str, ...]:
    """How often and how long, from when, and what comes off: each in words, as document and page show it."""
    words = offer_words(write)
    trial = words.trial.format(length=counted(words.length["day"], line.trial_days)) if line.trial_days else ""
    starts = words.line_starts_on.format(date=write.date(line.start_on)) if line.start_on else ""
    notes = (line_terms(line, write), trial, starts, _discount(line, write))
    return tuple(note for note in notes if note)


def _discount(line: OfferLine, write: Localised) -> str:
    """What comes off before tax: as it was agreed, and what that is today; for how long, where it ends."""
    amount = f"{MINUS}{write.money(line.discount_minor)}" if line.discount_minor else ""
    percent = write.percent(Decimal(line.discount_percent)) if line.discount_percent is not None else ""
    if not amount and not percent:
        return ""
    words = offer_words(write)
    text = words.discount_of.format(discount=f"{percent} ({amount})" if percent and amount else percent or amount)
    if line.interval is None or line.discount_periods is None:
        return text
    return f"{text} {counted(words.discount_periods, line.discount_periods)}"


def offer_totals(content: OfferContent, write: Localised) -> tuple[TotalLine, ...]:
    """From the subtotal to what is due now, as document and page show it."""
    words = offer_words(write)
    totals = [TotalLine(write.words.subtotal, write.money(content.subtotal_minor))]
    if content.discount_minor:
        totals.append(TotalLine(write.words.discount, write.money(-content.discount_minor)))
    totals += [_tax_total(tax, write) for tax in content.taxes if not tax.inclusive]
    totals.append(TotalLine(write.words.total, write.money(content.total_minor), strong=True))
    totals += [_tax_total(tax, write) for tax in content.taxes if tax.inclusive]
    credit = content.total_minor - content.due_now_minor
    if credit:
        totals.append(TotalLine(words.customer_credit, write.money(-credit)))
    payable = words.due_now if content.require_payment or not content.due_now_minor else words.to_be_invoiced
    totals.append(TotalLine(payable, write.money(content.due_now_minor), strong=True))
    if content.contract_value_minor != content.total_minor:
        value = write.money(content.contract_value_minor)
        totals.append(TotalLine(words.contract_value, value, note=words.contract_value_note))
    return tuple(totals)


def _tax_total(tax: OfferTax, write: Localised) -> TotalLine:
    words = write.words
    line = TaxLine(
        name=tax.name, percent=Decimal(tax.percent), base_minor=tax.base_minor, amount_minor=tax.amount_minor
    )
    name = words.tax_included.format(name=tax_name(line, write)) if tax.inclusive else tax_name(line, write)
    reason = tax.reason or (words.reverse_charge if tax.category == "AE" else "")
    base = words.tax_base.format(amount=write.money(tax.base_minor))
    return TotalLine(name, write.money(tax.amount_minor), note=f"{base} · {reason}" if reason else base)


def _sections(content: OfferContent, write: Localised) -> tuple[Section, ...]:
    words = offer_words(write)
    sections = [
        Section(words.renewals, table=_renewal_table(content.renewals, write)) if content.renewals else None,
        Section(words.acceptance, _acceptance(content, write)),
        Section(words.notes, content.notes) if content.notes else None,
        Section(words.attachments, words.attachments_note, _attachment_table(content, write))
        if content.attachments
        else None,
        _terms(content, write),
    ]
    return tuple(section for section in sections if section is not None)


def _renewal_table(renewals: tuple[OfferRenewal, ...], write: Localised) -> Table:
    words = offer_words(write)
    columns = (
        Column(words.renewal_of, numeric=False),
        Column(words.renewal_when, numeric=False),
        Column(words.renewal_amount, numeric=True),
    )
    rows = []
    for renewal in renewals:
        often, first = renewal_time(renewal, write)
        name, *others = renewal.products
        rows.append((Cell(name, tuple(others)), Cell(often, (first,)), Cell(write.money(renewal.amount_minor))))
    return Table(columns, tuple(rows))


def _acceptance(content: OfferContent, write: Localised) -> str:
    words, amount = offer_words(write), write.money(content.due_now_minor)
    if not content.due_now_minor:
        paid = words.accepted_for_nothing
    elif content.require_payment:
        paid = words.accepted_with_payment.format(amount=amount)
    else:
        paid = words.accepted_with_invoice.format(amount=amount)
    return f"{paid}\n{words.accepted_how}"


def _attachment_table(content: OfferContent, write: Localised) -> Table:
    words = offer_words(write)
    columns = (Column(words.attachment_name, numeric=False), Column(words.attachment_size, numeric=True))
    rows = tuple(
        (Cell(file.name, (f"SHA-256 {file.sha256}",)), Cell(write.size(file.size_bytes)))
        for file in content.attachments
    )
    return Table(columns, rows)


def _terms(content: OfferContent, write: Localised) -> Section | None:
    terms, words = content.terms, offer_words(write)
    if terms is None:
        return None
    version = words.terms_version.format(version=terms.version)
    heading = f"{words.terms}: {terms.title}" if terms.title != words.terms else terms.title
    tick = words.terms_tick.format(tick=terms.tick)
    return Section(heading, f"{version} · SHA-256 {terms.sha256}\n\n{tick}\n\n{terms.text}", fine=True)
