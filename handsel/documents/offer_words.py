"""The words of an offer, in the languages that documents are written in; the same rules as for `words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferWords:
    """One language. `every` and `length` hold, by interval, the text for one and the text for `{count}`."""

    offer: str
    order_number: str
    revision: str
    made_on: str
    starts_on: str
    for_whom: str
    due_on_acceptance: str
    billed_after_acceptance: str
    nothing_due: str
    instead_of: str
    every: Mapping[str, tuple[str, str]]
    length: Mapping[str, tuple[str, str]]
    periods: tuple[str, str]
    until_cancelled: str
    trial: str
    line_starts_on: str
    discount_of: str
    discount_periods: tuple[str, str]
    customer_credit: str
    due_now: str
    to_be_invoiced: str
    contract_value: str
    contract_value_note: str
    renewals: str
    renewal_of: str
    renewal_when: str
    renewal_amount: str
    renewal_first_on: str
    renewal_first_after: str
    renewal_first_after_trial: str
    attachments: str
    attachments_note: str
    attachment_name: str
    attachment_size: str
    notes: str
    acceptance: str
    accepted_with_payment: str
    accepted_with_invoice: str
    accepted_for_nothing: str
    accepted_how: str
    terms: str
    terms_version: str
    terms_tick: str


OFFER_WORDS: Mapping[str, OfferWords] = {
    "en": OfferWords(
        offer="Offer",
        order_number="Order",
        revision="Revision",
        made_on="Date",
        starts_on="Contract start",
        for_whom="Offered to",
        due_on_acceptance="{amount} due on acceptance",
        billed_after_acceptance="{amount}, billed after acceptance",
        nothing_due="Nothing to pay now",
        instead_of="instead of",
        every={
            "day": ("Daily", "Every {count} days"),
            "week": ("Weekly", "Every {count} weeks"),
            "month": ("Monthly", "Every {count} months"),
            "year": ("Yearly", "Every {count} years"),
        },
        length={
            "day": ("1 day", "{count} days"),
            "week": ("1 week", "{count} weeks"),
            "month": ("1 month", "{count} months"),
            "year": ("1 year", "{count} years"),
        },
        periods=("1 period", "{count} periods"),
        until_cancelled="until cancelled",
        trial="Free trial: {length}",
        line_starts_on="Starts on {date}",
        discount_of="Discount {discount}",
        discount_periods=("in the first period", "in the first {count} periods"),
        customer_credit="Your credit",
        due_now="Due now",
        to_be_invoiced="To be invoiced",
        contract_value="Contract value",
        contract_value_note="all agreed periods with tax; what runs until cancelled counts once",
        renewals="What renews",
        renewal_of="Product",
        renewal_when="When",
        renewal_amount="Amount with tax",
        renewal_first_on="for the first time on {date}",
        renewal_first_after="for the first time {length} after acceptance",
        renewal_first_after_trial="for the first time at the end of the trial, {length} after acceptance",
        attachments="Attachments",
        attachments_note="These files are part of the offer. Each is identified by its SHA-256 fingerprint.",
        attachment_name="File",
        attachment_size="Size",
        notes="Notes",
        acceptance="Acceptance",
        accepted_with_payment="Acceptance requires payment of {amount}.",
        accepted_with_invoice="No payment is required on acceptance; {amount} will be invoiced.",
        accepted_for_nothing="Nothing is charged on acceptance.",
        accepted_how="This offer is accepted by signing it electronically on the page that its link opens. The "
        "signature is bound to exactly this document: any change makes it another offer.",
        terms="Terms of service",
        terms_version="Version {version}",
        terms_tick="By signing, the following is agreed to: “{tick}”",
    ),
    "de": OfferWords(
        offer="Angebot",
        order_number="Auftrag",
        revision="Fassung",
        made_on="Datum",
        starts_on="Vertragsbeginn",
        for_whom="Angebot für",
        due_on_acceptance="{amount} fällig bei Annahme",
        billed_after_acceptance="{amount}, Rechnung nach Annahme",
        nothing_due="Jetzt ist nichts zu zahlen",
        instead_of="statt",
        every={
            "day": ("Täglich", "Alle {count} Tage"),
            "week": ("Wöchentlich", "Alle {count} Wochen"),
            "month": ("Monatlich", "Alle {count} Monate"),
            "year": ("Jährlich", "Alle {count} Jahre"),
        },
        length={
            "day": ("1 Tag", "{count} Tage"),
            "week": ("1 Woche", "{count} Wochen"),
            "month": ("1 Monat", "{count} Monate"),
            "year": ("1 Jahr", "{count} Jahre"),
        },
        periods=("1 Abrechnungszeitraum", "{count} Abrechnungszeiträume"),
        until_cancelled="bis zur Kündigung",
        trial="Kostenlose Probezeit: {length}",
        line_starts_on="Beginn am {date}",
        discount_of="Rabatt {discount}",
        discount_periods=("im ersten Abrechnungszeitraum", "in den ersten {count} Abrechnungszeiträumen"),
        customer_credit="Ihr Guthaben",
        due_now="Jetzt fällig",
        to_be_invoiced="Wird in Rechnung gestellt",
        contract_value="Vertragswert",
        contract_value_note="alle vereinbarten Zeiträume mit Steuer; was bis zur Kündigung läuft, zählt einmal",
        renewals="Was sich verlängert",
        renewal_of="Produkt",
        renewal_when="Wann",
        renewal_amount="Betrag mit Steuer",
        renewal_first_on="erstmals am {date}",
        renewal_first_after="erstmals {length} nach Annahme",
        renewal_first_after_trial="erstmals am Ende der Probezeit, {length} nach Annahme",
        attachments="Anlagen",
        attachments_note="Diese Dateien sind Teil des Angebots. Jede ist an ihrem SHA-256-Fingerabdruck zu erkennen.",
        attachment_name="Datei",
        attachment_size="Größe",
        notes="Anmerkungen",
        acceptance="Annahme",
        accepted_with_payment="Die Annahme setzt die Zahlung von {amount} voraus.",
        accepted_with_invoice="Bei Annahme ist keine Zahlung nötig; {amount} werden in Rechnung gestellt.",
        accepted_for_nothing="Bei Annahme wird nichts abgebucht.",
        accepted_how="Dieses Angebot wird angenommen, indem es auf der Seite, die sein Link öffnet, elektronisch "
        "unterschrieben wird. Die Unterschrift gilt für genau dieses Dokument: Jede Änderung macht daraus ein anderes "
        "Angebot.",
        terms="Nutzungsbedingungen",
        terms_version="Version {version}",
        terms_tick="Mit der Unterschrift wird zugestimmt: „{tick}“",
    ),
    "fr": OfferWords(
        offer="Offre",
        order_number="Commande",
        revision="Révision",
        made_on="Date",
        starts_on="Début du contrat",
        for_whom="Offre destinée à",
        due_on_acceptance="{amount} à payer à l’acceptation",
        billed_after_acceptance="{amount}, à facturer après l’acceptation",
        nothing_due="Rien à payer maintenant",
        instead_of="au lieu de",
        every={
            "day": ("Chaque jour", "Tous les {count} jours"),
            "week": ("Chaque semaine", "Toutes les {count} semaines"),
            "month": ("Chaque mois", "Tous les {count} mois"),
            "year": ("Chaque année", "Tous les {count} ans"),
        },
        length={
            "day": ("1 jour", "{count} jours"),
            "week": ("1 semaine", "{count} semaines"),
            "month": ("1 mois", "{count} mois"),
            "year": ("1 an", "{count} ans"),
        },
        periods=("1 période", "{count} périodes"),
        until_cancelled="jusqu’à résiliation",
        trial="Essai gratuit : {length}",
        line_starts_on="Commence le {date}",
        discount_of="Remise {discount}",
        discount_periods=("pour la première période", "pour les {count} premières périodes"),
        customer_credit="Votre avoir",
        due_now="À payer maintenant",
        to_be_invoiced="À facturer",
        contract_value="Valeur du contrat",
        contract_value_note="toutes les périodes convenues, taxes comprises ; ce qui court jusqu’à résiliation compte "
        "une fois",
        renewals="Ce qui se renouvelle",
        renewal_of="Produit",
        renewal_when="Quand",
        renewal_amount="Montant TTC",
        renewal_first_on="la première fois le {date}",
        renewal_first_after="la première fois {length} après l’acceptation",
        renewal_first_after_trial="la première fois à la fin de l’essai, {length} après l’acceptation",
        attachments="Pièces jointes",
        attachments_note="Ces fichiers font partie de l’offre. Chacun est identifié par son empreinte SHA-256.",
        attachment_name="Fichier",
        attachment_size="Taille",
        notes="Remarques",
        acceptance="Acceptation",
        accepted_with_payment="L’acceptation exige le paiement de {amount}.",
        accepted_with_invoice="Aucun paiement n’est exigé à l’acceptation ; {amount} seront facturés.",
        accepted_for_nothing="Rien n’est débité à l’acceptation.",
        accepted_how="Cette offre est acceptée en la signant électroniquement sur la page qu’ouvre son lien. La "
        "signature porte sur ce document précis : toute modification en fait une autre offre.",
        terms="Conditions d’utilisation",
        terms_version="Version {version}",
        terms_tick="En signant, le signataire accepte ce qui suit : « {tick} »",
    ),
    "es": OfferWords(
        offer="Oferta",
        order_number="Pedido",
        revision="Revisión",
        made_on="Fecha",
        starts_on="Inicio del contrato",
        for_whom="Oferta para",
        due_on_acceptance="{amount} a pagar al aceptar",
        billed_after_acceptance="{amount}, se facturarán tras la aceptación",
        nothing_due="Nada que pagar ahora",
        instead_of="en lugar de",
        every={
            "day": ("Cada día", "Cada {count} días"),
            "week": ("Cada semana", "Cada {count} semanas"),
            "month": ("Cada mes", "Cada {count} meses"),
            "year": ("Cada año", "Cada {count} años"),
        },
        length={
            "day": ("1 día", "{count} días"),
            "week": ("1 semana", "{count} semanas"),
            "month": ("1 mes", "{count} meses"),
            "year": ("1 año", "{count} años"),
        },
        periods=("1 período", "{count} períodos"),
        until_cancelled="hasta su cancelación",
        trial="Prueba gratuita: {length}",
        line_starts_on="Comienza el {date}",
        discount_of="Descuento {discount}",
        discount_periods=("en el primer período", "en los primeros {count} períodos"),
        customer_credit="Su saldo a favor",
        due_now="A pagar ahora",
        to_be_invoiced="Por facturar",
        contract_value="Valor del contrato",
        contract_value_note="todos los períodos acordados, con impuestos; lo que sigue hasta su cancelación cuenta una "
        "vez",
        renewals="Qué se renueva",
        renewal_of="Producto",
        renewal_when="Cuándo",
        renewal_amount="Importe con impuestos",
        renewal_first_on="por primera vez el {date}",
        renewal_first_after="por primera vez {length} después de la aceptación",
        renewal_first_after_trial="por primera vez al terminar la prueba, {length} después de la aceptación",
        attachments="Archivos adjuntos",
        attachments_note="Estos archivos forman parte de la oferta. Cada uno se identifica por su huella SHA-256.",
        attachment_name="Archivo",
        attachment_size="Tamaño",
        notes="Notas",
        acceptance="Aceptación",
        accepted_with_payment="La aceptación requiere el pago de {amount}.",
        accepted_with_invoice="No se requiere ningún pago al aceptar; se facturarán {amount}.",
        accepted_for_nothing="Al aceptar no se cobra nada.",
        accepted_how="Esta oferta se acepta firmándola electrónicamente en la página que abre su enlace. La firma "
        "queda vinculada a este documento exacto: cualquier cambio lo convierte en otra oferta.",
        terms="Condiciones del servicio",
        terms_version="Versión {version}",
        terms_tick="Al firmar se acepta lo siguiente: «{tick}»",
    ),
}
