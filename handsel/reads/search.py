"""Finding things by the beginnings of their words (`flows.search` writes them, `SearchWord` says why)."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from handsel.flows.search import WORD_LENGTH, fold
from handsel.models import SearchWord

MAX_WORDS = 6
_LAST_LETTER = "\U0010ffff"

Row = TypeVar("Row", bound=Model)


def matching(rows: QuerySet[Row], kind: str, q: str) -> QuerySet[Row]:
    """The rows that have, for every word of `q`, a word that begins with it. Blank `q` narrows nothing."""
    for prefix in prefixes(q):
        found = SearchWord.objects.filter(kind=kind, word__gte=prefix, word__lt=prefix + _LAST_LETTER)
        rows = rows.filter(id__in=found.values("row_id"))
    return rows


def prefixes(q: str) -> list[str]:
    """The words of a search as they are stored, without what nobody can have typed into a name."""
    typed = "".join(letter for letter in q if letter.isprintable() or letter.isspace())
    return [word[:WORD_LENGTH] for word in dict.fromkeys(fold(typed).split())][:MAX_WORDS]
