"""A member's own account: who they are here, what they may do, and how they sign in."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from handsel.reads.people.team import memberships_of
from handsel.rules.errors import NotFound
from handsel.rules.permissions import GRANT_EXPLANATIONS, GRANT_LABELS, ROLE_LABELS, Grant, Role
from handsel.web.guards import Desk, choose_partner, staff


@require_safe
@staff
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    proofs = list(Authenticator.objects.filter(user=desk.member.user).order_by("id"))
    context = {
        "person": desk.member.user,
        "role": ROLE_LABELS[Role(desk.member.role)],
        "grants": [(GRANT_LABELS[grant], GRANT_EXPLANATIONS[grant]) for grant in Grant if desk.may(grant)],
        "has_totp": any(each.type == Authenticator.Type.TOTP for each in proofs),
        "passkeys": [each for each in proofs if each.type == Authenticator.Type.WEBAUTHN],
        "codes": next((each for each in proofs if each.type == Authenticator.Type.RECOVERY_CODES), None),
        "memberships": memberships_of(desk.member.user_id),
    }
    return render(request, "account/page.html", context)


@require_POST
@staff
def work_for(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Go to another partner's desk, of those where this person is a member."""
    wanted = next(
        (each for each in memberships_of(desk.member.user_id) if str(each.partner_id) == request.POST.get("partner")),
        None,
    )
    if wanted is None or not choose_partner(request, wanted.partner_id):
        raise NotFound("not_found", "You are not a member there.")
    messages.success(request, f"You work for {wanted.partner.name} now.")
    return redirect("home")
