"""Who may look at the design system: anybody in debug mode, else members of partners in test mode."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from handsel.web.design import design
from handsel.web.guards import Desk, staff


@require_safe
def page(request: HttpRequest, part: str = "components") -> HttpResponseBase:
    answer: HttpResponseBase = design(request, part) if settings.DEBUG else _for_members(request, part)
    return answer


@staff
def _for_members(request: HttpRequest, desk: Desk, part: str) -> HttpResponseBase:
    if not desk.partner.is_test:
        raise Http404
    return design(request, part)
