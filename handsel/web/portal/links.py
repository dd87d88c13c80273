"""What every page under a secret link shares: headers that keep it private, the bank's way back, its language."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from handsel.documents.localised import readable_locale
from handsel.models import Credential, Partner
from handsel.models.access import hash_secret
from handsel.web.context import DEFAULT_LOCALE
from handsel.web.guards import link_credential
from handsel.web.portal.words import words_for

COOKIE, COOKIE_SECONDS = "handsel_confirm", 3600
"""Which link a browser went to the bank from; only the address that the bank's page leads back to gets it."""

Answer = TypeVar("Answer", bound=HttpResponseBase)


def private(response: Answer) -> Answer:
    """`same-origin` tells no other site where the customer came from; a stricter one would also hide from ourselves
    that our own form was sent from our own page (CSRF)."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response


def spoken(partner: Partner, locale: str) -> dict[str, Any]:
    """The context of a page in the customer's language: numbers, dates, words of the frame, and whose page it is."""
    readable = readable_locale(locale)
    return {
        "partner": partner,
        "test_mode": partner.is_test,
        "locale": str(readable),
        "LANGUAGE_CODE": str(readable).replace("_", "-"),
        "frame": words_for(locale).frame,
    }


def to_bank(request: HttpRequest, token: str, url: str, context: dict[str, Any]) -> HttpResponse:
    """The page that leads to the bank's, and the cookie that brings the customer back to this link."""
    response = render(request, "confirm/to_bank.html", context | {"url": url})
    response.set_cookie(
        COOKIE, token, max_age=COOKIE_SECONDS, path="/pay/", secure=settings.SECURE, httponly=True, samesite="Lax"
    )
    return private(response)


@require_GET
def came_back(request: HttpRequest) -> HttpResponseBase:
    """Where the bank's page leads back to: on to the link that this browser came from."""
    token = request.COOKIES.get(COOKIE, "")
    route = _returns_to(token) if token else ""
    if route:
        response = redirect(route, token=token)
        response.delete_cookie(COOKIE, path="/pay/", samesite="Lax")
        return private(response)
    locale = _asked_locale(request)
    answered = words_for(locale).confirm.answered
    told = {"locale": locale, "LANGUAGE_CODE": locale.replace("_", "-"), "answered": answered}
    return private(render(request, "confirm/unknown.html", told))


def _asked_locale(request: HttpRequest) -> str:
    """The first language that the browser asks for and we have words in, else English."""
    for part in request.headers.get("Accept-Language", "").split(","):
        name = part.partition(";")[0].strip()
        readable = readable_locale(name) if name else None
        if readable is not None and name.lower().startswith(readable.language):
            return str(readable)
    return DEFAULT_LOCALE


def _returns_to(token: str) -> str:
    """The route of the page that sent its reader to the bank; an offer's page tells by itself when it is over."""
    if link_credential(Credential.CHALLENGE_LINK, token) is not None:
        return "confirm_returned"
    offered = Credential.objects.filter(kind=Credential.OFFER_LINK, hash=hash_secret(token))
    return "offer_returned" if offered.exists() else ""
