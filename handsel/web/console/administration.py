"""Administration: where it leads, and the business's own details."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from handsel.database.tenancy import reading
from handsel.flows.people.customers import Address
from handsel.flows.people.partners import PartnerChanges, update_partner
from handsel.models import Partner
from handsel.models.people import now_of
from handsel.rules.errors import NotAllowed
from handsel.rules.money import decimal_text
from handsel.rules.permissions import Grant
from handsel.web.console import choices
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.guards import Desk, staff

_DETAILS = (
    *("name", "legal_name", "tax_id", "email", "line1", "city", "region", "postal_code", "country", "currency"),
    *("timezone", "locale", "payment_terms_days"),
)


def crumbs(here: str, *between: tuple[str, str]) -> list[dict[str, str]]:
    """Where a page under Administration stands."""
    above = [("Administration", "/administration"), *between]
    return [*({"label": label, "url": url} for label, url in above), {"label": here}]


@require_safe
@staff
def index(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What this member administers; whoever administers nothing has no such page."""
    may = {
        "settings": desk.may(Grant.SETTINGS_MANAGE),
        "members": desk.may(Grant.MEMBERS_MANAGE),
        "catalog": desk.may(Grant.CATALOG_MANAGE),
    }
    if not any(may.values()):
        raise NotAllowed("not_allowed", "Administration is for admins. Ask one of yours.")
    return render(request, "administration/index.html", {"may": may, "missing": missing_details(desk.partner)})


def missing_details(partner: Partner) -> list[str]:
    """What is still needed before a first invoice number can be given."""
    needed = (
        ("legal name", partner.legal_name),
        ("address", partner.line1),
        ("country", partner.country),
        ("tax id", partner.tax_id),
    )
    return [label for label, value in needed if not value]


@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def business(request: HttpRequest, desk: Desk) -> HttpResponse:
    form, status = Form({name: getattr(desk.partner, name) for name in _DETAILS}), 200
    limit = desk.partner.refund_limit_minor
    form.values["refund_limit"] = "" if limit is None else decimal_text(limit, desk.partner.currency)
    if request.method == "POST":
        form = Form.posted(request)
        try:
            changes = _details(form)
            form.check()
            update_partner(desk.partner, desk.actor, changes)
        except REFUSALS as refusal:
            status = form.refuse(refusal)
        else:
            messages.success(request, "Saved. Invoices that exist keep what they say.")
            return redirect("business")
    context = {
        "form": form,
        "missing": missing_details(desk.partner),
        "crumbs": crumbs("Business details"),
        "countries": choices.countries(),
        "currencies": choices.currencies(),
        "zones": choices.with_current(choices.time_zones(now_of(desk.partner)), form.text("timezone")),
        "locales": choices.with_current(choices.locales(), form.text("locale")),
    }
    with reading(desk.partner.id):
        return render(request, "administration/business.html", context, status=status)


def _limit(form: Form) -> int | None:
    """An amount in the currency that is chosen on the same page; empty for none."""
    return form.money("refund_limit", form.text("currency")) if form.text("refund_limit").strip() else None


def _details(form: Form) -> PartnerChanges:
    return PartnerChanges(
        name=form.text("name"),
        legal_name=form.text("legal_name"),
        tax_id=form.text("tax_id"),
        email=form.text("email"),
        address=Address(
            line1=form.text("line1"),
            city=form.text("city"),
            region=form.text("region"),
            postal_code=form.text("postal_code"),
            country=form.text("country"),
        ),
        currency=form.text("currency"),
        timezone=form.text("timezone"),
        locale=form.text("locale"),
        payment_terms_days=form.whole("payment_terms_days"),
        refund_limit_minor=_limit(form),
    )
