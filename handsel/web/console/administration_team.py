"""Members with their roles and grants, and the keys of their programs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handsel.database.ids import show
from handsel.database.tenancy import reading
from handsel.flows.people.api_keys import create_api_key, revoke_api_key
from handsel.flows.people.invitations import invite_member, resend_invitation, withdraw_invitation
from handsel.flows.people.members import MemberChanges, update_member
from handsel.models import ApiKey, Member
from handsel.models.people import now_of
from handsel.reads.people.team import api_keys_of, makers_of, member_of, members_of, state_of
from handsel.rules.errors import NotAllowed
from handsel.rules.permissions import DEFAULT_GRANTS, GRANT_EXPLANATIONS, GRANT_LABELS, ROLE_LABELS, Grant, Role
from handsel.web.console.administration import crumbs
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.once import claim_of, made_by, new_word
from handsel.web.console.pages import row_id
from handsel.web.guards import Desk, staff

_MEMBERS = ("Members", "/administration/members")


@require_safe
@staff(grant=Grant.MEMBERS_MANAGE)
def members(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = [_row(desk, row) for row in members_of(desk.partner)]
    context = {"rows": rows, "all_grants": len(Grant), "crumbs": crumbs("Members")}
    return render(request, "administration/members.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.MEMBERS_MANAGE)
def member_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask somebody by mail to join."""
    form, status = Form({"role": Role.SALESPERSON.value, "once": new_word()}), 200
    if request.method == "POST":
        form = Form.posted(request)
        with reading(desk.partner.id):
            made = made_by(request, desk)
        if made is not None:
            return redirect("member", member=show(Member.prefix, made))
        try:
            invitation = invite_member(
                desk.partner,
                desk.actor,
                email=form.text("email"),
                name=form.text("name"),
                role=form.text("role"),
                claim=claim_of(request, desk),
            )
        except (*REFUSALS, NotAllowed) as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, f"{invitation.member.user} is invited. Check what they may do once they join.")
            return redirect("member", member=show(Member.prefix, invitation.member_id))
    context = {
        "form": form,
        "roles": [(role.value, ROLE_LABELS[role]) for role in Role],
        "defaults": [
            (ROLE_LABELS[role], [GRANT_LABELS[grant] for grant in Grant if grant in DEFAULT_GRANTS[role]])
            for role in Role
        ],
        "crumbs": crumbs("Invite a member", _MEMBERS),
    }
    with reading(desk.partner.id):
        return render(request, "administration/member_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.MEMBERS_MANAGE)
def member(request: HttpRequest, desk: Desk, member: str) -> HttpResponse:
    """Role, grants and whether somebody works here; it holds at their next click."""
    member_id, form, status = row_id(Member.prefix, member), None, 200
    if request.method == "POST":
        form = Form.posted(request)
        chosen = request.POST.getlist("grants")
        form.values["grants"] = chosen
        try:
            update_member(desk.partner, desk.actor, member_id, MemberChanges(role=form.text("role"), grants=chosen))
        except (*REFUSALS, NotAllowed) as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved. It holds at their next click.")
            return redirect("members")
    with reading(desk.partner.id):
        row = member_of(desk.partner, member_id)
        form = form or Form({"role": row.role, "grants": row.grants})
        context = {
            "form": form,
            "person": row,  # `member` is who looks at the page.
            "shown_id": member,
            "state": state_of(row),
            "is_over": _is_over(desk, row),
            "is_self": row.id == desk.member.id,
            "above": [GRANT_LABELS[grant] for grant in Grant if grant in row.grants and not desk.may(grant)],
            "roles": [(role.value, ROLE_LABELS[role]) for role in Role],
            "grants": [_grant(grant, form.values["grants"], desk) for grant in Grant],
            "crumbs": crumbs(str(row.user), _MEMBERS),
        }
        return render(request, "administration/member.html", context, status=status)


@require_POST
@staff(grant=Grant.MEMBERS_MANAGE)
def member_activity(request: HttpRequest, desk: Desk, member: str) -> HttpResponse:
    """Remove a member, or take one back."""
    is_active = Form.posted(request).flag("is_active")
    try:
        row = update_member(desk.partner, desk.actor, row_id(Member.prefix, member), MemberChanges(is_active=is_active))
    except (*REFUSALS, NotAllowed) as refusal:
        messages.error(request, refusal.message)
        return redirect("member", member=member)
    gone = "is removed: signed out, and without API keys"
    messages.success(request, f"{row.user} {'works here again' if is_active else gone}.")
    return redirect("members")


@require_POST
@staff(grant=Grant.MEMBERS_MANAGE)
def member_invitation(request: HttpRequest, desk: Desk, member: str) -> HttpResponse:
    """Send the invitation again, or withdraw it."""
    member_id = row_id(Member.prefix, member)
    try:
        if request.POST.get("do") == "withdraw":
            invitation = withdraw_invitation(desk.partner, desk.actor, member_id)
            messages.success(request, f"The invitation of {invitation.email} is withdrawn. Its link does nothing now.")
        else:
            invitation = resend_invitation(desk.partner, desk.actor, member_id)
            messages.success(request, f"A new link is on its way to {invitation.email}. The old one stopped working.")
    except (*REFUSALS, NotAllowed) as refusal:
        messages.error(request, refusal.message)
    return redirect("member", member=member)


@require_safe
@staff
def api_keys(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The keys this member may see: everybody's for whoever manages members, else one's own."""
    return _show_keys(request, desk, Form({"once": new_word(), "member": show(Member.prefix, desk.member.id)}))


@require_POST
@staff
def api_key_new(request: HttpRequest, desk: Desk) -> HttpResponse:
    form = Form.posted(request)
    with reading(desk.partner.id):
        whose = member_of(desk.partner, form.row_id("member", Member.prefix) or desk.member.id)
        made = made_by(request, desk)
    if made is not None:
        messages.info(request, "This key was made already, and its secret shown once. Revoke it if it is lost.")
        return redirect("api_keys")
    try:
        _, secret = create_api_key(desk.partner, desk.actor, whose, form.text("name"), claim_of(request, desk))
    except REFUSALS as refusal:
        return _show_keys(request, desk, form, status=form.refuse(refusal))
    response = _show_keys(request, desk, Form({"once": new_word()}), secret=secret, name=form.text("name"))
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@staff
def api_key_revoke(request: HttpRequest, desk: Desk, key: str) -> HttpResponse:
    revoke_api_key(desk.partner, desk.actor, row_id(ApiKey.prefix, key))
    messages.success(request, "The key opens nothing any more.")
    return redirect("api_keys")


def _show_keys(
    request: HttpRequest, desk: Desk, form: Form, *, secret: str = "", name: str = "", status: int = 200
) -> HttpResponse:
    manages = desk.may(Grant.MEMBERS_MANAGE)
    with reading(desk.partner.id):
        keys = [key for key in api_keys_of(desk.partner) if manages or key.member_id == desk.member.id]
        makers = makers_of(desk.partner, keys)
        team = [row for row in members_of(desk.partner) if row.is_active] if manages else [desk.member]
        context = {
            "keys": [(key, makers.get(key.id, "Command line")) for key in keys],
            "form": form,
            "manages": manages,
            "members": [(show(Member.prefix, row.id), str(row.user)) for row in team],
            "secret": secret,
            "new_name": name,
            "crumbs": crumbs("API keys") if manages else [{"label": "API keys"}],
        }
        return render(request, "administration/api_keys.html", context, status=status)


def _row(desk: Desk, row: Member) -> dict[str, Any]:
    """A member as the list shows them."""
    return {
        "id": show(Member.prefix, row.id),
        "person": row,
        "role": ROLE_LABELS[Role(row.role)],
        "grants": len(row.grants),
        "state": state_of(row),
        "is_over": _is_over(desk, row),
        "has_second_step": getattr(row, "has_second_step", False),
    }


def _is_over(desk: Desk, row: Member) -> bool:
    """Whether the time of an open invitation has run out."""
    until = getattr(row, "invited_until", None)
    return until is not None and until <= now_of(desk.partner)


def _grant(grant: Grant, chosen: list[str], desk: Desk) -> dict[str, Any]:
    """A grant as its checkbox is drawn, with what it means, and whether who looks at the page may give it."""
    hint = GRANT_EXPLANATIONS[grant]
    return {
        "value": grant.value,
        "label": GRANT_LABELS[grant],
        "hint": hint if desk.may(grant) else f"{hint} You do not hold it yourself, so you cannot give it.",
        "on": "yes" if grant.value in chosen else "",
        "fixed": "" if desk.may(grant) else "yes",
    }
