"""The words that documents print themselves, in the languages that documents are written in.

What partners and customers typed is never translated. A field that is missing for one language fails mypy and the
import, so no document can come out half translated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. Templates in braces are filled with `str.format`; `{page}` and `{pages}` by the typesetter."""

    invoice: str
    receipt: str
    credit_note: str
    paid: str
    due: str
    void: str
    number: str
    invoice_number: str
    credit_note_number: str
    credited_invoice: str
    issued_on: str
    due_on: str
    paid_on: str
    payment_terms: str
    seller: str
    buyer: str
    tax_id: str
    amount_paid_on: str
    amount_due_on: str
    amount_credited_on: str
    pay_online: str
    description: str
    quantity: str
    unit_price: str
    net: str
    tax: str
    total: str
    amount: str
    discount: str
    subtotal: str
    tax_base: str
    tax_included: str
    reverse_charge: str
    already_paid: str
    amount_due: str
    amount_paid: str
    amount_credited: str
    payments: str
    date: str
    method: str
    reference: str
    notes: str
    reason: str
    page: str


WORDS: Mapping[str, Words] = {
    "en": Words(
        invoice="Invoice",
        receipt="Receipt",
        credit_note="Credit note",
        paid="Paid",
        due="Due",
        void="Void",
        number="Number",
        invoice_number="Invoice number",
        credit_note_number="Credit note number",
        credited_invoice="For invoice",
        issued_on="Issued",
        due_on="Due",
        paid_on="Paid",
        payment_terms="Terms",
        seller="From",
        buyer="Billed to",
        tax_id="Tax ID",
        amount_paid_on="{amount} paid on {date}",
        amount_due_on="{amount} due on {date}",
        amount_credited_on="{amount} credited on {date}",
        pay_online="Pay {amount} online",
        description="Description",
        quantity="Qty",
        unit_price="Unit price",
        net="Net",
        tax="Tax",
        total="Total",
        amount="Amount",
        discount="Discount",
        subtotal="Subtotal",
        tax_base="on {amount}",
        tax_included="Includes {name}",
        reverse_charge="Reverse charge: the recipient accounts for the tax",
        already_paid="Paid",
        amount_due="Amount due",
        amount_paid="Amount paid",
        amount_credited="Credited",
        payments="Payments",
        date="Date",
        method="Method",
        reference="Reference",
        notes="Notes",
        reason="Reason",
        page="Page {page} of {pages}",
    ),
    "de": Words(
        invoice="Rechnung",
        receipt="Zahlungsbeleg",
        credit_note="Rechnungskorrektur",
        paid="Bezahlt",
        due="Offen",
        void="Storniert",
        number="Nummer",
        invoice_number="Rechnungsnummer",
        credit_note_number="Nummer der Korrektur",
        credited_invoice="Zu Rechnung",
        issued_on="Rechnungsdatum",
        due_on="Fällig am",
        paid_on="Bezahlt am",
        payment_terms="Zahlungsziel",
        seller="Von",
        buyer="Rechnung an",
        tax_id="USt-IdNr.",
        amount_paid_on="{amount} bezahlt am {date}",
        amount_due_on="{amount} fällig am {date}",
        amount_credited_on="{amount} gutgeschrieben am {date}",
        pay_online="{amount} online bezahlen",
        description="Beschreibung",
        quantity="Menge",
        unit_price="Einzelpreis",
        net="Netto",
        tax="Steuer",
        total="Gesamt",
        amount="Betrag",
        discount="Rabatt",
        subtotal="Zwischensumme",
        tax_base="auf {amount}",
        tax_included="Darin enthalten: {name}",
        reverse_charge="Steuerschuldnerschaft des Leistungsempfängers",
        already_paid="Bezahlt",
        amount_due="Offener Betrag",
        amount_paid="Gezahlter Betrag",
        amount_credited="Gutgeschrieben",
        payments="Zahlungen",
        date="Datum",
        method="Zahlungsart",
        reference="Referenz",
        notes="Anmerkungen",
        reason="Grund",
        page="Seite {page} von {pages}",
    ),
    "fr": Words(
        invoice="Facture",
        receipt="Reçu",
        credit_note="Avoir",
        paid="Payée",
        due="À payer",
        void="Annulée",
        number="Numéro",
        invoice_number="Numéro de facture",
        credit_note_number="Numéro d’avoir",
        credited_invoice="Sur la facture",
        issued_on="Date d’émission",
        due_on="Échéance",
        paid_on="Payé le",
        payment_terms="Conditions de paiement",
        seller="De",
        buyer="Facturé à",
        tax_id="N° de TVA",
        amount_paid_on="{amount} payés le {date}",
        amount_due_on="{amount} à payer avant le {date}",
        amount_credited_on="{amount} crédités le {date}",
        pay_online="Payer {amount} en ligne",
        description="Description",
        quantity="Qté",
        unit_price="Prix unitaire",
        net="Montant HT",
        tax="Taxe",
        total="Total",
        amount="Montant",
        discount="Remise",
        subtotal="Sous-total",
        tax_base="sur {amount}",
        tax_included="Dont {name}",
        reverse_charge="Autoliquidation",
        already_paid="Déjà payé",
        amount_due="Reste à payer",
        amount_paid="Montant payé",
        amount_credited="Montant crédité",
        payments="Paiements",
        date="Date",
        method="Moyen de paiement",
        reference="Référence",
        notes="Remarques",
        reason="Motif",
        page="Page {page} sur {pages}",
    ),
    "es": Words(
        invoice="Factura",
        receipt="Recibo",
        credit_note="Factura rectificativa",
        paid="Pagada",
        due="Pendiente",
        void="Anulada",
        number="Número",
        invoice_number="Número de factura",
        credit_note_number="Número de rectificativa",
        credited_invoice="De la factura",
        issued_on="Fecha de emisión",
        due_on="Vencimiento",
        paid_on="Pagado el",
        payment_terms="Condiciones de pago",
        seller="De",
        buyer="Facturado a",
        tax_id="NIF",
        amount_paid_on="{amount} pagados el {date}",
        amount_due_on="{amount} a pagar antes del {date}",
        amount_credited_on="{amount} abonados el {date}",
        pay_online="Pagar {amount} en línea",
        description="Descripción",
        quantity="Cant.",
        unit_price="Precio unitario",
        net="Neto",
        tax="Impuesto",
        total="Total",
        amount="Importe",
        discount="Descuento",
        subtotal="Subtotal",
        tax_base="sobre {amount}",
        tax_included="Incluye {name}",
        reverse_charge="Inversión del sujeto pasivo",
        already_paid="Pagado",
        amount_due="Importe pendiente",
        amount_paid="Importe pagado",
        amount_credited="Importe abonado",
        payments="Pagos",
        date="Fecha",
        method="Forma de pago",
        reference="Referencia",
        notes="Notas",
        reason="Motivo",
        page="Página {page} de {pages}",
    ),
}
