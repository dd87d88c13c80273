"""What the customer is told about a decline, in the languages of the customer's pages.

English is in `decline_codes.STORIES`; here are its translations, story by story, in the same order of sentences: what
happened, that nothing was charged, what to do now. A test holds that no story lacks a language, and that the secret one
sounds exactly like the general one in each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from handsel.rules.decline_codes import GENERIC, MEANINGS, NOTHING_CHARGED, STORIES


@dataclass(frozen=True, slots=True)
class Told:
    """A decline in the customer's words. `charged` says that nothing was, or what becomes of what was."""

    happened: str
    charged: str
    customer_does: str

    @property
    def text(self) -> str:
        return f"{self.happened} {self.charged} {self.customer_does}"


def told(code: str, language: str) -> Told:
    """What the payer reads about a decline with this code of the gateway, in "en", "de", "fr" or "es"; in English for
    any other language."""
    name = MEANINGS[code][0] if code in MEANINGS else GENERIC
    story = STORIES[name]
    if language not in TRANSLATIONS:
        return Told(story.happened, story.charged, story.customer_does)
    happened, customer_does = TRANSLATIONS[language][name]
    charged = CHARGED[language][name if story.charged != NOTHING_CHARGED else ""]
    return Told(happened, charged, customer_does)


Sentences = Mapping[str, tuple[str, str]]

_GERMAN: Sentences = {
    GENERIC: (
        "Ihre Bank hat diese Zahlung abgelehnt.",
        "Verwenden Sie ein anderes Zahlungsmittel, oder fragen Sie Ihre Bank und versuchen Sie es noch einmal.",
    ),
    "secret": (
        "Ihre Bank hat diese Zahlung abgelehnt.",
        "Verwenden Sie ein anderes Zahlungsmittel, oder fragen Sie Ihre Bank und versuchen Sie es noch einmal.",
    ),
    "refused": (
        "Ihre Bank lässt diese Zahlung nicht zu.",
        "Verwenden Sie ein anderes Zahlungsmittel, oder bitten Sie Ihre Bank, sie zuzulassen.",
    ),
    "funds": (
        "Für diese Zahlung war nicht genug Guthaben oder Kreditrahmen verfügbar.",
        "Verwenden Sie ein anderes Zahlungsmittel, oder versuchen Sie es noch einmal, sobald genug verfügbar ist.",
    ),
    "later": (
        "Die Zahlung konnte gerade nicht ausgeführt werden.",
        "Versuchen Sie es in einigen Minuten noch einmal, oder verwenden Sie ein anderes Zahlungsmittel.",
    ),
    "resting": (
        "Diese Karte wurde zu oft versucht und ist für einen Tag gesperrt.",
        "Verwenden Sie ein anderes Zahlungsmittel, oder versuchen Sie es morgen noch einmal.",
    ),
    "expired": ("Diese Karte ist abgelaufen.", "Verwenden Sie eine Karte, die noch gültig ist."),
    "unusable": (
        "Dieses Zahlungsmittel funktioniert nicht.",
        "Verwenden Sie ein anderes, oder fragen Sie Ihre Bank.",
    ),
    "unsupported": (
        "Diese Karte kann für diese Art von Kauf oder in dieser Währung nicht verwendet werden.",
        "Verwenden Sie ein anderes Zahlungsmittel.",
    ),
    "details": (
        "Einige Angaben zur Karte stimmen nicht.",
        "Prüfen Sie Nummer, Ablaufdatum, Prüfnummer und Rechnungsadresse, und geben Sie sie noch einmal ein.",
    ),
    "limit": (
        "Der Betrag liegt über dem, womit dieses Zahlungsmittel belastet werden darf.",
        "Verwenden Sie ein anderes Zahlungsmittel, oder bitten Sie Ihre Bank, die Grenze anzuheben.",
    ),
    "pin": (
        "Ihre Bank verlangt die PIN dieser Karte; die kann hier nicht eingegeben werden.",
        "Verwenden Sie ein anderes Zahlungsmittel.",
    ),
    "confirm": (
        "Ihre Bank möchte, dass Sie diese Zahlung bestätigen.",
        "Öffnen Sie den Zahlungslink und bestätigen Sie sie dort, oder verwenden Sie ein anderes Zahlungsmittel.",
    ),
    "unconfirmed": (
        "Ihre Bank konnte nicht bestätigen, dass Sie es sind.",
        "Versuchen Sie es noch einmal und bestätigen Sie bei Ihrer Bank, oder verwenden Sie ein anderes "
        "Zahlungsmittel.",
    ),
    "duplicate": (
        "Die gleiche Zahlung wurde gerade eben schon ausgeführt.",
        "Bitte bezahlen Sie nicht noch einmal, bis wir das geklärt haben.",
    ),
    "account": (
        "Dieses Bankkonto kann nicht belastet werden.",
        "Verwenden Sie ein anderes Konto oder ein anderes Zahlungsmittel, oder fragen Sie Ihre Bank.",
    ),
    "token": (
        "Die eingegebenen Zahlungsdaten können nicht mehr verwendet werden.",
        "Geben Sie sie noch einmal ein.",
    ),
    "small": (
        "Der Betrag ist zu klein, um so bezahlt zu werden.",
        "Bitte wenden Sie sich an uns.",
    ),
    "ours": (
        "Die Zahlung konnte wegen eines Fehlers auf unserer Seite nicht ausgeführt werden.",
        "Sie müssen nichts tun; wir melden uns bei Ihnen.",
    ),
    "mismatch": (
        "Der abgebuchte Betrag war nicht der fällige; diese Zahlung gilt deshalb nicht.",
        "Sie müssen nichts tun; wir melden uns wegen des fälligen Betrags bei Ihnen.",
    ),
}

_FRENCH: Sentences = {
    GENERIC: (
        "Votre banque a refusé ce paiement.",
        "Utilisez un autre moyen de paiement, ou demandez à votre banque et réessayez.",
    ),
    "secret": (
        "Votre banque a refusé ce paiement.",
        "Utilisez un autre moyen de paiement, ou demandez à votre banque et réessayez.",
    ),
    "refused": (
        "Votre banque n’autorise pas ce paiement.",
        "Utilisez un autre moyen de paiement, ou demandez à votre banque de l’autoriser.",
    ),
    "funds": (
        "Le solde ou le crédit disponible ne suffisait pas pour ce paiement.",
        "Utilisez un autre moyen de paiement, ou réessayez lorsqu’il suffira.",
    ),
    "later": (
        "Le paiement n’a pas pu être effectué pour le moment.",
        "Réessayez dans quelques minutes, ou utilisez un autre moyen de paiement.",
    ),
    "resting": (
        "Cette carte a été essayée trop souvent et est bloquée pour un jour.",
        "Utilisez un autre moyen de paiement, ou réessayez demain.",
    ),
    "expired": ("Cette carte a expiré.", "Utilisez une carte encore valable."),
    "unusable": (
        "Ce moyen de paiement ne fonctionne pas.",
        "Utilisez-en un autre, ou demandez à votre banque.",
    ),
    "unsupported": (
        "Cette carte ne peut pas être utilisée pour ce type d’achat ou dans cette devise.",
        "Utilisez un autre moyen de paiement.",
    ),
    "details": (
        "Certaines données de la carte sont inexactes.",
        "Vérifiez le numéro, la date d’expiration, le code de sécurité et l’adresse de facturation, et saisissez-les à "
        "nouveau.",
    ),
    "limit": (
        "Le montant dépasse ce qui peut être débité avec ce moyen de paiement.",
        "Utilisez un autre moyen de paiement, ou demandez à votre banque de relever le plafond.",
    ),
    "pin": (
        "Votre banque demande le code PIN de cette carte, qui ne peut pas être saisi ici.",
        "Utilisez un autre moyen de paiement.",
    ),
    "confirm": (
        "Votre banque souhaite que vous confirmiez ce paiement.",
        "Ouvrez le lien de paiement et confirmez-le, ou utilisez un autre moyen de paiement.",
    ),
    "unconfirmed": (
        "Votre banque n’a pas pu confirmer que c’est bien vous.",
        "Réessayez et confirmez auprès de votre banque, ou utilisez un autre moyen de paiement.",
    ),
    "duplicate": (
        "Le même paiement a été effectué il y a un instant.",
        "Veuillez ne pas payer de nouveau avant que nous ayons vérifié.",
    ),
    "account": (
        "Ce compte bancaire ne peut pas être débité.",
        "Utilisez un autre compte ou un autre moyen de paiement, ou demandez à votre banque.",
    ),
    "token": (
        "Les données de paiement saisies ne peuvent plus être utilisées.",
        "Saisissez-les à nouveau.",
    ),
    "small": (
        "Le montant est trop faible pour être débité ainsi.",
        "Veuillez nous contacter.",
    ),
    "ours": (
        "Le paiement n’a pas pu être effectué à cause d’une erreur de notre côté.",
        "Vous n’avez rien à faire ; nous vous contacterons.",
    ),
    "mismatch": (
        "Le montant débité n’était pas le montant dû ; ce paiement ne compte donc pas.",
        "Vous n’avez rien à faire ; nous vous contacterons au sujet du montant dû.",
    ),
}

_SPANISH: Sentences = {
    GENERIC: (
        "Su banco ha rechazado este pago.",
        "Utilice otro medio de pago, o consulte a su banco e inténtelo de nuevo.",
    ),
    "secret": (
        "Su banco ha rechazado este pago.",
        "Utilice otro medio de pago, o consulte a su banco e inténtelo de nuevo.",
    ),
    "refused": (
        "Su banco no permite este pago.",
        "Utilice otro medio de pago, o pida a su banco que lo permita.",
    ),
    "funds": (
        "No había suficiente saldo o crédito disponible para este pago.",
        "Utilice otro medio de pago, o inténtelo de nuevo cuando lo haya.",
    ),
    "later": (
        "El pago no se ha podido procesar en este momento.",
        "Inténtelo de nuevo en unos minutos, o utilice otro medio de pago.",
    ),
    "resting": (
        "Esta tarjeta se ha probado demasiadas veces y está bloqueada durante un día.",
        "Utilice otro medio de pago, o inténtelo de nuevo mañana.",
    ),
    "expired": ("Esta tarjeta ha caducado.", "Utilice una tarjeta que aún sea válida."),
    "unusable": (
        "Este medio de pago no funciona.",
        "Utilice otro, o consulte a su banco.",
    ),
    "unsupported": (
        "Esta tarjeta no se puede utilizar para este tipo de compra o en esta moneda.",
        "Utilice otro medio de pago.",
    ),
    "details": (
        "Algunos datos de la tarjeta no son correctos.",
        "Compruebe el número, la fecha de caducidad, el código de seguridad y la dirección de facturación, e "
        "introdúzcalos de nuevo.",
    ),
    "limit": (
        "El importe supera lo que se puede cargar a este medio de pago.",
        "Utilice otro medio de pago, o pida a su banco que aumente el límite.",
    ),
    "pin": (
        "Su banco pide el PIN de esta tarjeta, que aquí no se puede introducir.",
        "Utilice otro medio de pago.",
    ),
    "confirm": (
        "Su banco quiere que confirme este pago.",
        "Abra el enlace de pago y confírmelo allí, o utilice otro medio de pago.",
    ),
    "unconfirmed": (
        "Su banco no ha podido confirmar que es usted.",
        "Inténtelo de nuevo y confirme con su banco, o utilice otro medio de pago.",
    ),
    "duplicate": (
        "El mismo pago se ha realizado hace un momento.",
        "No vuelva a pagar, por favor, hasta que lo hayamos comprobado.",
    ),
    "account": (
        "No se puede cargar nada en esta cuenta bancaria.",
        "Utilice otra cuenta u otro medio de pago, o consulte a su banco.",
    ),
    "token": (
        "Los datos de pago introducidos ya no se pueden utilizar.",
        "Introdúzcalos de nuevo.",
    ),
    "small": (
        "El importe es demasiado pequeño para cobrarlo así.",
        "Póngase en contacto con nosotros.",
    ),
    "ours": (
        "El pago no se ha podido realizar por un error nuestro.",
        "No tiene que hacer nada; nos pondremos en contacto con usted.",
    ),
    "mismatch": (
        "El importe cobrado no era el debido, así que este pago no cuenta.",
        "No tiene que hacer nada; nos pondremos en contacto con usted por el importe debido.",
    ),
}

TRANSLATIONS: Mapping[str, Sentences] = MappingProxyType({"de": _GERMAN, "fr": _FRENCH, "es": _SPANISH})
"""By language and story: what happened, and what the customer does."""

CHARGED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "de": {
            "": "Es wurde nichts abgebucht.",
            "duplicate": "Es wurde nichts ein zweites Mal abgebucht.",
            "mismatch": "Wir behalten nichts: Was abgebucht wurde, wird vollständig erstattet.",
        },
        "fr": {
            "": "Rien n’a été débité.",
            "duplicate": "Rien n’a été débité une seconde fois.",
            "mismatch": "Rien n’est conservé : ce qui a été débité est intégralement remboursé.",
        },
        "es": {
            "": "No se ha cobrado nada.",
            "duplicate": "No se ha cobrado nada por segunda vez.",
            "mismatch": "No nos quedamos nada: lo cobrado se devuelve íntegramente.",
        },
    }
)
"""By language: that nothing was charged, and by story where that is said in another way."""
