"""Who asks, at which partner: the one place that finds out, for staff's pages, for programs and for public links.

A `Desk` is a member at work. Views are written for a desk and never look at the session or at headers themselves.
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now as real_now
from django_htmx.http import HttpResponseClientRedirect

from handsel.database.tenancy import reading
from handsel.models import ApiKey, Credential, Member, Partner
from handsel.models.access import hash_secret
from handsel.reads.people.team import has_second_step
from handsel.rules.errors import HandselError, NotAllowed
from handsel.rules.permissions import Actor, Grant, check_grant

CHOSEN_PARTNER = "partner"
"""The session's key for the partner that a user with several memberships works for."""

BAD_KEYS_A_MINUTE = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """A member at work: the partner, the member, and the member as the one who acts."""

    partner: Partner
    member: Member
    actor: Actor

    def may(self, grant: Grant) -> bool:
        return self.actor.may(grant)


class Unauthenticated(HandselError):
    """Nobody we know is asking (401)."""

    status = 401
    default_code = "unauthenticated"
    default_message = "Send a valid API key: “Authorization: Bearer KEY”."


class TooMany(HandselError):
    """Too many bad keys from one address (429)."""

    status = 429
    default_code = "too_many_requests"
    default_message = "Too many requests with keys that are not valid. Wait a minute."


def console(request: HttpRequest) -> Desk | None:
    """The desk of whoever is signed in; None for strangers. One statement.

    Of several memberships it is the one chosen in the session, else the first. Raises NotAllowed for a user who is
    no partner's active member any more.
    """
    if not request.user.is_authenticated:
        return None
    members = list(memberships(request))
    if not members:
        raise NotAllowed("not_allowed", "You are not a member of any organisation here any more.")
    chosen = request.session.get(CHOSEN_PARTNER)
    member = next((each for each in members if str(each.partner_id) == chosen), members[0])
    return Desk(member.partner, member, member.actor("console"))


def memberships(request: HttpRequest) -> QuerySet[Member]:
    """Where the signed-in user may work, the oldest membership first, and whether they have set up a second proof."""
    assert request.user.pk is not None
    rows = Member.objects.select_related("partner", "user").annotate(has_second_step=has_second_step())
    return rows.filter(user_id=request.user.pk, is_active=True, user__is_active=True).order_by("id")


def choose_partner(request: HttpRequest, partner_id: uuid.UUID) -> bool:
    """Work for this partner from now on; False where the user is no active member of it."""
    if not any(member.partner_id == partner_id for member in memberships(request)):
        return False
    request.session[CHOSEN_PARTNER] = str(partner_id)
    return True


View = Callable[..., HttpResponseBase]


def staff(view: View | None = None, *, grant: Grant | None = None) -> Any:
    """Decorates a view `(request, desk, …)` for members only, who hold `grant` if one is named.

    A GET runs inside one read-only transaction of the partner, rendering included. Anything else reads inside
    `reading(desk.partner.id)`, closes it, calls a flow, and reads again. Strangers are sent to sign in and come back
    to the page they were on; who lacks the second proof that this partner asks for is sent to set one up.
    """
    if view is None:
        return functools.partial(staff, grant=grant)
    guarded = view

    @functools.wraps(guarded)
    def at_desk(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        desk = console(request)
        if desk is None:
            return to_sign_in(request)
        if desk.partner.requires_two_factor and not getattr(desk.member, "has_second_step", False):
            return to_second_step(request)
        request.desk = desk  # type: ignore[attr-defined]  # The page's frame is drawn from it.
        if grant is not None:
            check_grant(desk.actor, grant)
        if request.method not in ("GET", "HEAD"):
            return guarded(request, desk, *args, **kwargs)
        with reading(desk.partner.id):
            response = guarded(request, desk, *args, **kwargs)
            if not getattr(response, "is_rendered", True):
                response = response.render()  # type: ignore[attr-defined]
            return response

    return at_desk


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """To the sign-in page and back; a part of a page that htmx asked for takes the whole page there."""
    return _whole_page(request, settings.LOGIN_URL)


def to_second_step(request: HttpRequest) -> HttpResponseBase:
    """To where an authenticator is set up, likewise; programs with a key are not asked, they have no hands for it."""
    return _whole_page(request, "second_step")


def _whole_page(request: HttpRequest, name: str) -> HttpResponseBase:
    url = f"{resolve_url(name)}?{urlencode({'next': _page_of(request)})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(url)
    return HttpResponseRedirect(url)


def _page_of(request: HttpRequest) -> str:
    """The page somebody was on: this one, or for a part of it or a form the page that it stands in."""
    if request.headers.get("HX-Request") == "true" or request.method not in ("GET", "HEAD"):
        page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or "/"
        if not url_has_allowed_host_and_scheme(page, {request.get_host()}):
            return "/"
        return page.removeprefix(f"{request.scheme}://{request.get_host()}") or "/"
    return request.get_full_path()


def api(request: HttpRequest) -> Desk:
    """The desk behind an API key. Raises Unauthenticated, and TooMany where an address keeps sending bad keys.

    The key is looked up by its SHA-256, so neither time nor answer tells how near a guess was. A demotion, a revoked
    key or a removed member counts from the next request on.
    """
    desk = key_desk(key_credential(request))
    if desk is None:
        raise bad_key(request)
    return desk


def key_credential(request: HttpRequest) -> Credential:
    """What the key of this request opens, with its partner; whether its member may still come in is for `key_desk`."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated
    credential = _credential(Credential.API_KEY, secret.strip())
    if credential is None:
        raise bad_key(request)
    return credential


def key_desk(credential: Credential) -> Desk | None:
    """The desk of the key's member; None where key, membership or person are not active any more. It joins a
    `reading` of the same partner that is open."""
    with reading(credential.partner_id):
        keys = ApiKey.objects.select_related("member__user").filter(id=credential.row_id, revoked_at=None)
        key: ApiKey | None = keys.filter(member__is_active=True, member__user__is_active=True).first()
    return None if key is None else Desk(credential.partner, key.member, key.member.actor("api"))


def bad_key(request: HttpRequest) -> Unauthenticated | TooMany:
    """What to raise for a key that opens nothing. It counts the address's attempts, so it is asked outside `reading`.

    Keys cannot be guessed; this keeps who tries from costing us much, and their mistake from going unseen.
    """
    name = f"bad-keys:{address_of(request)}"
    count = 1 if cache.add(name, 1, timeout=60) else _increase(name)
    if count > BAD_KEYS_A_MINUTE:
        return TooMany()
    return Unauthenticated("unauthenticated", "This API key is not valid, or not any more.")


def link_credential(kind: str, token: str) -> Credential | None:
    """What a public link opens, with its partner: None for a token that is unknown, revoked or over."""
    return _credential(kind, token)


def _credential(kind: str, secret: str) -> Credential | None:
    rows = Credential.objects.select_related("partner").filter(Q(expires_at=None) | Q(expires_at__gt=real_now()))
    return rows.filter(hash=hash_secret(secret), kind=kind, revoked_at=None).first()


def _increase(name: str) -> int:
    try:
        return cache.incr(name)
    except ValueError:  # It ran out between the two calls.
        return 1


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind our own proxy what that proxy saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
