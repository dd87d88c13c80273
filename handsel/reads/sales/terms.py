"""The versions of a partner's terms of service."""

from __future__ import annotations

import uuid

from handsel.models import Partner, Terms
from handsel.reads.paging import DEFAULT_LIMIT, Page, page
from handsel.rules.errors import NotFound


def list_terms(partner: Partner, *, after: uuid.UUID | None = None, limit: int = DEFAULT_LIMIT) -> Page[Terms]:
    """One page of the versions, newest first. One statement."""
    return page(Terms.objects.filter(partner=partner), after, limit)


def terms_of(partner: Partner, terms_id: uuid.UUID) -> Terms:
    """Raises NotFound."""
    return _only(Terms.objects.filter(partner=partner, id=terms_id).first())


def version_of(partner: Partner, version: int) -> Terms:
    """Raises NotFound."""
    return _only(Terms.objects.filter(partner=partner, version=version).first())


def newest_version(partner: Partner) -> int:
    """The number of the newest version, retired or not; 0 where there is none yet."""
    newest = Terms.objects.filter(partner=partner).order_by("-version").values_list("version", flat=True).first()
    return newest or 0


def _only(terms: Terms | None) -> Terms:
    if terms is None:
        raise NotFound("not_found", "There is no such version of the terms.")
    return terms
