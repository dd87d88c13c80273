"""How the partner looks to its customers: logo and colour, with the head of a customer's page as it will be."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handsel.database.tenancy import reading
from handsel.flows.people.brand import remove_logo, set_logo
from handsel.flows.people.partners import PartnerChanges, update_partner
from handsel.reads.people.brand import logo_of
from handsel.rules.errors import NotFound
from handsel.rules.permissions import Grant
from handsel.web.accent import accent_stylesheet, told_contrast
from handsel.web.console.administration import crumbs
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.guards import Desk, staff
from handsel.web.pictures import logo_answer


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"frame-src": [SELF]})  # The page's head as customers see it is framed, from an address of ours.
@staff(grant=Grant.SETTINGS_MANAGE)
def branding(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page; its form saves the colour."""
    form, status = Form({"accent": desk.partner.accent}), 200
    if request.method == "POST":
        form = Form.posted(request)
        try:
            update_partner(desk.partner, desk.actor, PartnerChanges(accent=form.text("accent")))
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved. Customers see the colour at their next click.")
            return redirect("branding")
    return _show(request, desk, form, status)


@require_POST
@csp_update({"frame-src": [SELF]})
@staff(grant=Grant.SETTINGS_MANAGE)
def logo_set(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep the picture that was chosen."""
    form, sent = Form({"accent": desk.partner.accent}), request.FILES.get("logo")
    try:
        set_logo(desk.partner, desk.actor, sent.read() if sent is not None else b"")
    except REFUSALS as refusal:
        return _show(request, desk, form, form.refuse(refusal))
    messages.success(request, "Saved. Your logo stands on customer pages from now on.")
    return redirect("branding")


@require_POST
@staff(grant=Grant.SETTINGS_MANAGE)
def logo_remove(request: HttpRequest, desk: Desk) -> HttpResponse:
    remove_logo(desk.partner, desk.actor)
    messages.success(request, "The logo is removed. Customer pages show your initials.")
    return redirect("branding")


@require_safe
@staff
def logo(request: HttpRequest, desk: Desk, sha: str) -> HttpResponse:
    """The logo itself, for the frame of every page."""
    found = logo_of(desk.partner)
    if found is None or found.sha256 != sha:
        raise NotFound("not_found", "There is no such picture.")
    return logo_answer(found)


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def colour(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The part of the page that follows the colour as it is chosen."""
    return render(request, "administration/_colour.html", _preview(request.GET.get("accent", "")))


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
@staff(grant=Grant.SETTINGS_MANAGE)
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The head of a customer's page in the colour that the address names, saved or not."""
    accent_url = f"{reverse('branding_accent')}?{urlencode({'accent': request.GET.get('accent', '')})}"
    return render(request, "administration/brand_preview.html", {"accent_url": accent_url})


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def accent(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The stylesheet of the colour that the address names; without one of six hex digits, an empty one."""
    return HttpResponse(accent_stylesheet(request.GET.get("accent", "")), content_type="text/css")


def _preview(accent: str) -> dict[str, Any]:
    return {
        "preview_url": f"{reverse('branding_preview')}?{urlencode({'accent': accent})}",
        "contrast": told_contrast(accent),
    }


def _show(request: HttpRequest, desk: Desk, form: Form, status: int = 200) -> HttpResponse:
    context = {"form": form, "crumbs": crumbs("Branding"), **_preview(form.text("accent"))}
    with reading(desk.partner.id):
        return render(request, "administration/branding.html", context, status=status)
