"""How members prove that it is they: what the partner asks of all, and where one sets it up."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from handsel.database.tenancy import reading
from handsel.flows.people.security import require_two_factor
from handsel.reads.people.team import members_of
from handsel.rules.errors import Refused
from handsel.rules.permissions import Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.forms import Form
from handsel.web.guards import Desk, console, staff


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def security(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whether all members need a second proof, and who has set one up."""
    form, status = Form({"requires_two_factor": desk.partner.requires_two_factor}), 200
    if request.method == "POST":
        form = Form.posted(request)
        required = form.flag("requires_two_factor")
        try:
            require_two_factor(desk.partner, desk.actor, required)
        except Refused as refusal:
            form.errors["requires_two_factor"], status = refusal.message, refusal.status
        else:
            messages.success(request, f"Saved. Two-factor authentication is {'required' if required else 'a choice'}.")
            return redirect("security")
    with reading(desk.partner.id):
        team = [row for row in members_of(desk.partner) if row.is_active]
        context = {
            "form": form,
            "required": "yes" if form.flag("requires_two_factor") else "",
            "without": [row for row in team if not getattr(row, "has_second_step", False)],
            "count": len(team),
            "has_own": getattr(desk.member, "has_second_step", False),
            "crumbs": crumbs("Security"),
        }
        return render(request, "administration/security.html", context, status=status)


@require_safe
@login_required
def second_step(request: HttpRequest) -> HttpResponse:
    """What the guard shows instead of any page, until a member whose partner asks for a second proof has one."""
    desk, back = console(request), request.GET.get("next", "/")
    back = back if url_has_allowed_host_and_scheme(back, None) else "/"
    if desk is None or not desk.partner.requires_two_factor or getattr(desk.member, "has_second_step", False):
        return redirect(back)
    return render(request, "account/second_step.html", {"asks": desk.partner})
