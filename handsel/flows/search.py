"""The words under which things are found. `SearchWord` says why this is a table of words and not LIKE."""

from __future__ import annotations

import re
import unicodedata
import uuid
from typing import Final

from django.db import connection

from handsel.flows.work import Work
from handsel.models import SearchWord

WORD_LENGTH: Final = 60
_PARTS = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case and without accents, as words are stored and must be asked for: “Müller” is “muller”."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words_of(*texts: str) -> frozenset[str]:
    """Every word of the texts, whole as it stands between blanks (an e-mail, a number) and in its parts."""
    return frozenset(
        part[:WORD_LENGTH]
        for text in texts
        for word in fold(text).split()
        for part in (word, *_PARTS.findall(word))
        if part
    )


def index(work: Work, kind: str, row_id: uuid.UUID, *texts: str, new: bool = False) -> None:
    """Let the thing be found under the words of these texts and no others: two statements, one where it is new."""
    if not new:
        SearchWord.objects.filter(kind=kind, row_id=row_id).delete()
    SearchWord.objects.bulk_create(
        SearchWord(partner_id=work.partner.id, kind=kind, row_id=row_id, word=word) for word in sorted(words_of(*texts))
    )


def rename_customer(work: Work, customer_id: uuid.UUID, before: str, after: str) -> None:
    """Orders are found by their customer's name: all of a customer's follow its new name, in two statements."""
    old, new = words_of(before), words_of(after)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM search_words w USING orders o WHERE w.partner_id = %(partner)s AND w.kind = 'order' "
            "AND w.word = ANY(%(words)s) AND o.partner_id = w.partner_id AND o.id = w.row_id "
            "AND o.customer_id = %(customer)s",
            {"partner": work.partner.id, "customer": customer_id, "words": sorted(old - new)},
        )
        cursor.execute(
            "INSERT INTO search_words (partner_id, id, kind, row_id, word) "
            "SELECT o.partner_id, gen_random_uuid(), 'order', o.id, word FROM orders o, unnest(%(words)s::text[]) word "
            "WHERE o.partner_id = %(partner)s AND o.customer_id = %(customer)s "
            "ON CONFLICT ON CONSTRAINT search_word_once DO NOTHING",
            {"partner": work.partner.id, "customer": customer_id, "words": sorted(new - old)},
        )
