"""The link by which somebody joins a partner: who is new chooses name and password, who signs in here already proves
that it is they.

The page sends its address to nobody and is found by no search engine. A link that is over says so and does nothing,
also when it is posted to.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from handsel.flows.people.invitations import join_as, join_as_new
from handsel.models import Member
from handsel.reads.people.invitation import InvitationPage, invitation_page
from handsel.rules.errors import HandselError, Invalid, NotAllowed, Refused
from handsel.rules.permissions import ROLE_LABELS, Role
from handsel.web.console.forms import Form
from handsel.web.context import DEFAULT_LOCALE, reader_locale
from handsel.web.guards import choose_partner

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """A GET shows the invitation; a POST accepts it."""
    page = invitation_page(token)
    if page is None:
        raise Http404
    form, status = Form({"name": page.user.name}), 410 if page.over else 200
    if request.method == "POST" and not page.over:
        form = Form.posted(request)
        try:
            return _private(_join(request, page, token, form))
        except (Invalid, NotAllowed, Refused) as refusal:
            form, status, page = _refused(form, refusal, page, token)
    return _private(render(request, "invitations/page.html", _context(request, page, token, form), status=status))


def _join(request: HttpRequest, page: InvitationPage, token: str, form: Form) -> HttpResponse:
    if page.is_new:
        member = join_as_new(page.partner, token, name=form.text("name"), password=form.text("password"))
        if is_mfa_enabled(member.user):
            return redirect("account_login")
        # The link came to their address, as the one that mends a forgotten password does.
        login(request, member.user, backend=BACKEND)
    else:
        if not request.user.is_authenticated:
            raise NotAllowed("not_allowed", "Sign in to join: this address signs in here already.")
        assert request.user.pk is not None
        member = join_as(page.partner, token, request.user.pk)
    return _welcome(request, page, member)


def _welcome(request: HttpRequest, page: InvitationPage, member: Member) -> HttpResponse:
    choose_partner(request, member.partner_id)
    messages.success(request, f"Welcome. You work for {page.partner.name} now.")
    return redirect("home")


def _refused(form: Form, refusal: HandselError, page: InvitationPage, token: str) -> tuple[Form, int, InvitationPage]:
    """The form with what is wrong, and the page as it is by now: somebody may have withdrawn it meanwhile."""
    form.values.pop("password", None)
    return form, form.refuse(refusal), invitation_page(token) or page


def _context(request: HttpRequest, page: InvitationPage, token: str, form: Form) -> dict[str, Any]:
    return {
        "partner": page.partner,
        "page": page,
        "form": form,
        "token": token,
        "role": ROLE_LABELS[Role(page.invitation.member.role)],
        "is_theirs": request.user.is_authenticated and request.user.pk == page.user.id,
        "locale": reader_locale(request, DEFAULT_LOCALE),
        "time_zone": page.partner.timezone,
    }


def _private(response: HttpResponse) -> HttpResponse:
    """`same-origin` tells no other site where somebody came from, and lets our own form prove that it is ours."""
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    return response
