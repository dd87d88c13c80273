"""The words of a certificate of signature; the same rules as for `words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWords:
    """One language. `happened` holds one sentence for each type of event that a trail may have."""

    certificate: str
    statement: str
    order_number: str
    revision: str
    made_on: str
    signed_by: str
    email: str
    signed_at: str
    address: str
    device: str
    typed: str
    drawn: str
    picture_of: str
    document: str
    document_name: str
    document_sha256: str
    total: str
    due: str
    terms: str
    terms_version: str
    terms_sha256: str
    agreed: str
    trail: str
    trail_what: str
    trail_local: str
    trail_utc: str
    happened: Mapping[str, str]
    check: str
    check_how: str
    check_inside: str
    key_fingerprint: str
    evidence_sha256: str
    trail_sha256: str
    evidence_file: str
    offer_file: str
    image_file: str
    reason_offer: str
    reason_certificate: str


CERTIFICATE_WORDS: Mapping[str, CertificateWords] = {
    "en": CertificateWords(
        certificate="Certificate of signature",
        statement="{name} signed offer {number} of {seller} for {buyer} on {when}.",
        order_number="Order",
        revision="Revision",
        made_on="Certificate made",
        signed_by="Signed by",
        email="E-mail",
        signed_at="Signed at",
        address="From the address",
        device="With",
        typed="Name typed as signature",
        drawn="Drawn by hand",
        picture_of="The signature that {name} drew",
        document="The document that was signed",
        document_name="Offer {number}, revision {revision}",
        document_sha256="SHA-256 of the document",
        total="Total",
        due="Due on acceptance",
        terms="Terms of service",
        terms_version="{title}, version {version}",
        terms_sha256="SHA-256 of the terms",
        agreed="What was agreed to",
        trail="What happened",
        trail_what="Event",
        trail_local="Time in {zone}",
        trail_utc="Time in UTC",
        happened={
            "offer.sent": "Sent to {name}, {email}",
            "offer.opened": "Link opened",
            "offer.viewed": "Offer viewed",
            "offer.signed": "Signed by {name}, from {address}",
            "payment.created": "Payment of {amount} started",
            "payment.declined": "Payment of {amount} declined by the bank",
            "payment.succeeded": "{amount} paid",
            "offer.closed": "Offer accepted",
        },
        check="How to check this certificate",
        check_how="It carries a digital signature over every byte of this file. Any PDF reader that shows signatures "
        "tells whether it was changed; “{command}” checks all of it without a network: signature, document, terms, "
        "picture and trail. Compare the fingerprint of the key with the one that {seller} publishes.",
        check_inside="Inside this file: {files}.",
        key_fingerprint="SHA-256 of the key’s certificate",
        evidence_sha256="SHA-256 of the evidence",
        trail_sha256="SHA-256 at the end of the trail",
        evidence_file="The evidence of the signature and what happened around it",
        offer_file="The offer as it was sent and signed",
        image_file="The signature as it was drawn",
        reason_offer="{name} signed this offer",
        reason_certificate="Evidence that {name} signed offer {number}",
    ),
    "de": CertificateWords(
        certificate="Unterschriftszertifikat",
        statement="{name} hat das Angebot {number} von {seller} für {buyer} am {when} unterschrieben.",
        order_number="Auftrag",
        revision="Fassung",
        made_on="Zertifikat erstellt",
        signed_by="Unterschrieben von",
        email="E-Mail",
        signed_at="Unterschrieben am",
        address="Von der Adresse",
        device="Mit",
        typed="Name als Unterschrift getippt",
        drawn="Von Hand gezeichnet",
        picture_of="Die von {name} gezeichnete Unterschrift",
        document="Das unterschriebene Dokument",
        document_name="Angebot {number}, Fassung {revision}",
        document_sha256="SHA-256 des Dokuments",
        total="Gesamt",
        due="Bei Annahme fällig",
        terms="Nutzungsbedingungen",
        terms_version="{title}, Version {version}",
        terms_sha256="SHA-256 der Bedingungen",
        agreed="Wozu zugestimmt wurde",
        trail="Was geschah",
        trail_what="Ereignis",
        trail_local="Zeit in {zone}",
        trail_utc="Zeit in UTC",
        happened={
            "offer.sent": "Gesendet an {name}, {email}",
            "offer.opened": "Link geöffnet",
            "offer.viewed": "Angebot angesehen",
            "offer.signed": "Unterschrieben von {name}, von {address}",
            "payment.created": "Zahlung über {amount} begonnen",
            "payment.declined": "Zahlung über {amount} von der Bank abgelehnt",
            "payment.succeeded": "{amount} bezahlt",
            "offer.closed": "Angebot angenommen",
        },
        check="So lässt sich dieses Zertifikat prüfen",
        check_how="Es trägt eine digitale Signatur über jedes Byte dieser Datei. Jedes PDF-Programm, das Signaturen "
        "anzeigt, sagt, ob sie verändert wurde; „{command}“ prüft alles ohne Netz: Signatur, Dokument, Bedingungen, "
        "Bild und Ablauf. Vergleichen Sie den Fingerabdruck des Schlüssels mit dem, den {seller} veröffentlicht.",
        check_inside="In dieser Datei: {files}.",
        key_fingerprint="SHA-256 des Schlüsselzertifikats",
        evidence_sha256="SHA-256 des Nachweises",
        trail_sha256="SHA-256 am Ende des Ablaufs",
        evidence_file="Der Nachweis der Unterschrift und was um sie herum geschah",
        offer_file="Das Angebot, wie es gesendet und unterschrieben wurde",
        image_file="Die Unterschrift, wie sie gezeichnet wurde",
        reason_offer="{name} hat dieses Angebot unterschrieben",
        reason_certificate="Nachweis, dass {name} das Angebot {number} unterschrieben hat",
    ),
    "fr": CertificateWords(
        certificate="Certificat de signature",
        statement="{name} a signé l’offre {number} de {seller} pour {buyer} le {when}.",
        order_number="Commande",
        revision="Révision",
        made_on="Certificat établi",
        signed_by="Signé par",
        email="E-mail",
        signed_at="Signé le",
        address="Depuis l’adresse",
        device="Avec",
        typed="Nom saisi en guise de signature",
        drawn="Tracée à la main",
        picture_of="La signature tracée par {name}",
        document="Le document signé",
        document_name="Offre {number}, révision {revision}",
        document_sha256="SHA-256 du document",
        total="Total",
        due="À payer à l’acceptation",
        terms="Conditions d’utilisation",
        terms_version="{title}, version {version}",
        terms_sha256="SHA-256 des conditions",
        agreed="Ce qui a été accepté",
        trail="Ce qui s’est passé",
        trail_what="Événement",
        trail_local="Heure ({zone})",
        trail_utc="Heure UTC",
        happened={
            "offer.sent": "Envoyée à {name}, {email}",
            "offer.opened": "Lien ouvert",
            "offer.viewed": "Offre consultée",
            "offer.signed": "Signée par {name}, depuis {address}",
            "payment.created": "Paiement de {amount} commencé",
            "payment.declined": "Paiement de {amount} refusé par la banque",
            "payment.succeeded": "{amount} payés",
            "offer.closed": "Offre acceptée",
        },
        check="Comment vérifier ce certificat",
        check_how="Il porte une signature numérique sur chaque octet de ce fichier. Tout lecteur PDF qui affiche les "
        "signatures indique s’il a été modifié ; « {command} » vérifie le tout sans réseau : signature, document, "
        "conditions, image et déroulement. Comparez l’empreinte de la clé avec celle que publie {seller}.",
        check_inside="Dans ce fichier : {files}.",
        key_fingerprint="SHA-256 du certificat de la clé",
        evidence_sha256="SHA-256 de la preuve",
        trail_sha256="SHA-256 à la fin du déroulement",
        evidence_file="La preuve de la signature et ce qui s’est passé autour",
        offer_file="L’offre telle qu’elle a été envoyée et signée",
        image_file="La signature telle qu’elle a été tracée",
        reason_offer="{name} a signé cette offre",
        reason_certificate="Preuve que {name} a signé l’offre {number}",
    ),
    "es": CertificateWords(
        certificate="Certificado de firma",
        statement="{name} firmó la oferta {number} de {seller} para {buyer} el {when}.",
        order_number="Pedido",
        revision="Revisión",
        made_on="Certificado emitido",
        signed_by="Firmado por",
        email="Correo electrónico",
        signed_at="Firmado el",
        address="Desde la dirección",
        device="Con",
        typed="Nombre escrito como firma",
        drawn="Trazada a mano",
        picture_of="La firma que trazó {name}",
        document="El documento firmado",
        document_name="Oferta {number}, revisión {revision}",
        document_sha256="SHA-256 del documento",
        total="Total",
        due="A pagar al aceptar",
        terms="Condiciones del servicio",
        terms_version="{title}, versión {version}",
        terms_sha256="SHA-256 de las condiciones",
        agreed="Lo que se aceptó",
        trail="Qué ocurrió",
        trail_what="Suceso",
        trail_local="Hora en {zone}",
        trail_utc="Hora UTC",
        happened={
            "offer.sent": "Enviada a {name}, {email}",
            "offer.opened": "Enlace abierto",
            "offer.viewed": "Oferta vista",
            "offer.signed": "Firmada por {name}, desde {address}",
            "payment.created": "Pago de {amount} iniciado",
            "payment.declined": "Pago de {amount} rechazado por el banco",
            "payment.succeeded": "{amount} pagados",
            "offer.closed": "Oferta aceptada",
        },
        check="Cómo comprobar este certificado",
        check_how="Lleva una firma digital sobre cada byte de este archivo. Cualquier lector de PDF que muestre firmas "
        "indica si fue modificado; «{command}» lo comprueba todo sin red: firma, documento, condiciones, imagen y "
        "sucesos. Compare la huella de la clave con la que publica {seller}.",
        check_inside="Dentro de este archivo: {files}.",
        key_fingerprint="SHA-256 del certificado de la clave",
        evidence_sha256="SHA-256 de la prueba",
        trail_sha256="SHA-256 al final de los sucesos",
        evidence_file="La prueba de la firma y lo que ocurrió alrededor de ella",
        offer_file="La oferta tal como se envió y se firmó",
        image_file="La firma tal como se trazó",
        reason_offer="{name} firmó esta oferta",
        reason_certificate="Prueba de que {name} firmó la oferta {number}",
    ),
}
