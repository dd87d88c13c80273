"""The organisation that sells: how it comes to be, and what it says about itself."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import asdict
from dataclasses import fields as fields_of
from typing import Any, TypedDict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.timezone import now as real_now

from handsel.database.ids import new_id
from handsel.flows.changes import change
from handsel.flows.fields import Fields, once
from handsel.flows.money.account_rows import add_sandbox
from handsel.flows.people.customers import Address, address_values
from handsel.flows.people.numbering import prefix_text
from handsel.flows.work import working
from handsel.models import MailCursor, Partner
from handsel.rules.errors import Invalid
from handsel.rules.money import MAX_MINOR
from handsel.rules.numbering import INVOICES
from handsel.rules.permissions import SETTING_LABELS, SYSTEM, Actor, Grant, OrderSettings, check_grant

PERSONAL = frozenset({"email", "line1", "city", "region", "postal_code", "country", "tax_id", "legal_name"})
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class PartnerChanges(TypedDict, total=False):
    """What a partner says about itself: on documents, on customer pages, and as defaults for new customers."""

    name: str
    legal_name: str
    tax_id: str
    email: str
    address: Address
    currency: str
    timezone: str
    locale: str
    accent: str
    invoice_prefix: str
    payment_terms_days: int
    refund_limit_minor: int | None


class OrderSettingsChanges(TypedDict, total=False):
    """DOMAIN.md section 8: the switches and limits of a partner's orders."""

    salespeople_can_submit_to_admin: bool
    salespeople_can_send_for_customer_approval: bool
    customer_approval_can_accept_payment: bool
    salespeople_can_charge: bool
    admins_can_bypass_approval: bool
    offer_valid_days: int
    customers_can_retry_declined: bool
    failed_cards_per_link: int


def create_partner(
    *, slug: str, details: PartnerChanges, mode: str = Partner.TEST, clock_starts_at: dt.datetime | None = None
) -> Partner:
    """A new tenant, from the command line or the demo. In test mode it has the sandbox as its gateway, if one is set
    up (settings.SANDBOX_…), and its clock may start at another time than now. Raises Invalid; `duplicate` for a slug
    that is taken."""
    values = _values({"name": "", **details})
    checked = Fields()
    checked.choice("mode", mode, (Partner.TEST, Partner.LIVE))
    try:
        validate_slug(slug)
    except ValidationError:
        checked.complain("slug", "Write letters, digits and hyphens.")
    checked.check()
    ahead = clock_starts_at - real_now() if clock_starts_at else dt.timedelta()
    offset = int(ahead.total_seconds())
    partner = Partner(id=new_id(), slug=slug, mode=mode, clock_offset_seconds=offset, **values)
    with working(partner, SYSTEM) as work:
        with once("partners_slug", Invalid.at("slug", "There is a partner with this slug already.", code="duplicate")):
            partner.save(force_insert=True)
        MailCursor(partner_id=partner.id).save(force_insert=True)
        work.record("partner.created", partner, changes={"slug": slug, "mode": mode})
        if partner.is_test and settings.SANDBOX_URL:
            add_sandbox(work)
    return partner


def update_partner(partner: Partner, actor: Actor, changes: PartnerChanges) -> Partner:
    """Change what is named of the partner's own details."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    values = _values(changes)
    with working(partner, actor) as work:
        row = Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        change(work, row, "partner.updated", values, personal=PERSONAL)
    return row


def update_order_settings(partner: Partner, actor: Actor, changes: OrderSettingsChanges) -> OrderSettings:
    """Change the named switches and limits; offers already sent stand."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    fields = Fields()
    for name, most in (("offer_valid_days", 365), ("failed_cards_per_link", 100)):
        if name in changes:
            fields.whole(name, changes[name], 1, most)  # type: ignore[literal-required]
    unknown = changes.keys() - {field.name for field in fields_of(OrderSettings)}
    assert not unknown, f"the faces refuse unknown settings: {unknown}"
    fields.check()
    with working(partner, actor) as work:
        row = Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        before = asdict(row.settings())
        wanted = OrderSettings(**{**before, **changes})
        if wanted.customer_approval_can_accept_payment and not wanted.salespeople_can_send_for_customer_approval:
            label = SETTING_LABELS["salespeople_can_send_for_customer_approval"]
            raise Invalid.at("customer_approval_can_accept_payment", f"This needs “{label}”.")
        row.order_settings = asdict(wanted)
        row.save(update_fields=["order_settings"])
        changed = {
            name: [was, row.order_settings[name]] for name, was in before.items() if was != getattr(wanted, name)
        }
        if changed:
            said = {"fields": sorted(changed), **changed}
            work.record("partner.order_settings_updated", row, changes=said)
    partner.order_settings = row.order_settings
    return wanted


def _values(sent: Mapping[str, Any]) -> dict[str, Any]:
    fields = Fields()
    values = fields.read(
        sent,
        {
            "name": lambda value: fields.text("name", value, 200, needed=True),
            "legal_name": lambda value: fields.text("legal_name", value, 200),
            "tax_id": lambda value: fields.text("tax_id", value, 50),
            "email": lambda value: fields.email("email", value, needed=False),
            "address": lambda value: address_values(fields, value),
            "currency": lambda value: fields.currency("currency", value),
            "timezone": lambda value: fields.timezone("timezone", value),
            "locale": lambda value: fields.locale("locale", value),
            "accent": lambda value: _colour(fields, value),
            "invoice_prefix": lambda value: prefix_text(fields, INVOICES, value),
            "payment_terms_days": lambda value: fields.whole("payment_terms_days", value, 0, 365),
            "refund_limit_minor": lambda value: _limit(fields, value),
        },
    )
    values |= values.pop("address", {})
    fields.check()
    return values


def _limit(fields: Fields, value: int | None) -> int | None:
    """In the partner's own currency; None: every refund needs one person only."""
    return None if value is None else fields.whole("refund_limit", value, 0, MAX_MINOR)


def _colour(fields: Fields, value: str) -> str:
    colour = value.strip().lower()
    if not _COLOUR.fullmatch(colour):
        fields.complain("accent", "Write a colour such as #1f5d8c.")
    return colour
