"""What mails say to customers in a value rather than in their words, in each language that they are written in."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handsel.rules.decline_languages import told
from handsel.rules.declines import Explanation

_MORE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "en": (" and 1 more", " and {count} more"),
        "de": (" und 1 weitere Position", " und {count} weitere Positionen"),
        "fr": (" et 1 autre article", " et {count} autres articles"),
        "es": (" y 1 más", " y {count} más"),
    }
)
_REFUSED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "": "There is no payment method that can be charged.",
            "payment_method_required": "There is no payment method on file.",
            "method_expired": "The card on file has expired.",
            "method_detached": "The payment method on file was removed.",
            "below_minimum": "The amount is below the least that can be charged.",
        },
        "de": {
            "": "Es ist kein Zahlungsmittel hinterlegt, das belastet werden kann.",
            "payment_method_required": "Es ist kein Zahlungsmittel hinterlegt.",
            "method_expired": "Die hinterlegte Karte ist abgelaufen.",
            "method_detached": "Das hinterlegte Zahlungsmittel wurde entfernt.",
            "below_minimum": "Der Betrag liegt unter dem kleinsten, der abgebucht werden kann.",
        },
        "fr": {
            "": "Aucun moyen de paiement enregistré ne peut être débité.",
            "payment_method_required": "Aucun moyen de paiement n’est enregistré.",
            "method_expired": "La carte enregistrée a expiré.",
            "method_detached": "Le moyen de paiement enregistré a été supprimé.",
            "below_minimum": "Le montant est inférieur au minimum qui peut être débité.",
        },
        "es": {
            "": "No hay ningún medio de pago registrado al que se pueda cargar.",
            "payment_method_required": "No hay ningún medio de pago registrado.",
            "method_expired": "La tarjeta registrada ha caducado.",
            "method_detached": "El medio de pago registrado fue eliminado.",
            "below_minimum": "El importe es inferior al mínimo que se puede cobrar.",
        },
    }
)
"""Why nothing was asked of a gateway, by code; the empty code stands for any other."""


def and_more(count: int, language: str) -> str:
    """What follows the first thing that was bought; nothing where there is no other."""
    if count < 1:
        return ""
    one, several = _MORE.get(language, _MORE["en"])
    return one if count == 1 else several.format(count=count)


def refused_because(code: str, language: str) -> str:
    """Why a renewal could not even be tried."""
    words = _REFUSED.get(language, _REFUSED["en"])
    return words.get(code, words[""])


def declined_because(why: Explanation, language: str) -> str:
    """What the bank said, as far as its customer is told."""
    return why.happened if language == "en" else told(why.code, language).happened
