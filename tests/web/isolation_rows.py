"""Every address of the product, and what it is: the table that `test_isolation` walks. An address that is not here
fails the tests, so none can be added unseen.

`PUBLIC` shows nothing of any partner. `LINK` is opened by a secret in the address. `STAFF` is for members, by session.
`API` is for members, by key; with what a permitted member would send.
"""

from __future__ import annotations

from typing import Any

_API = "api/v1/"
_VISA: dict[str, Any] = {"token": "pm_card_visa", "save": True}
_PRICE = {"amount": 100, "currency": "USD"}

PUBLIC = frozenset(
    {
        "",
        "healthz",
        "readyz",
        "metrics",
        "api/docs",
        "api/v1/openapi.json",
        "api/v1/",
        "pay/returned",
        "gateway/<str:name>/<str:account>/events",
        "accounts/login/",
        "accounts/logout/",
        "accounts/inactive/",
        "accounts/password/reset/",
        "accounts/password/reset/done/",
        "accounts/^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        "accounts/password/reset/key/done/",
        "accounts/2fa/authenticate/",
        "accounts/2fa/webauthn/login/",
    }
)

LINK = frozenset({"confirm/<str:token>", "confirm/<str:token>/returned", "confirm/<str:token>/accent.css"})

ONES_OWN = frozenset(
    {
        "account",
        "account/partner",
        "accounts/reauthenticate/",
        "accounts/password/change/",
        "accounts/password/set/",
        "accounts/2fa/",
        "accounts/2fa/reauthenticate/",
        "accounts/2fa/totp/activate/",
        "accounts/2fa/totp/deactivate/",
        "accounts/2fa/recovery-codes/",
        "accounts/2fa/recovery-codes/generate/",
        "accounts/2fa/recovery-codes/download/",
        "accounts/2fa/webauthn/",
        "accounts/2fa/webauthn/add/",
        "accounts/2fa/webauthn/reauthenticate/",
        "accounts/2fa/webauthn/keys/<int:pk>/edit/",
        "accounts/2fa/webauthn/keys/<int:pk>/remove/",
    }
)
"""About the person who is signed in, whose partner it is or was: strangers are sent to sign in."""

STAFF = frozenset(
    {
        "home",
        "home/figures",
        "search",
        "orders",
        "orders/new",
        "orders/new/customer",
        "orders/options/customers",
        "orders/options/products",
        "orders/<str:order_id>",
        "orders/<str:order_id>/payment",
        "orders/<str:order_id>/activation",
        "orders/<str:order_id>/history",
        "orders/<str:order_id>/status",
        "orders/<str:order_id>/draft",
        "orders/<str:order_id>/lines",
        "orders/<str:order_id>/lines/<str:line_id>/remove",
        "orders/<str:order_id>/charge",
        "orders/<str:order_id>/methods/<str:method_id>/verify",
        "orders/<str:order_id>/attachments",
        "orders/<str:order_id>/attachments/<str:attachment_id>",
        "orders/<str:order_id>/attachments/<str:attachment_id>/remove",
        "orders/<str:order_id>/actions/<slug:verb>",
        "customers",
        "customers/new",
        "customers/<str:customer>",
        "customers/<str:customer>/edit",
        "customers/<str:customer>/contacts",
        "customers/<str:customer>/contacts/<str:contact>",
        "customers/<str:customer>/billing",
        "customers/<str:customer>/methods",
        "customers/<str:customer>/methods/<str:method>/verify",
        "customers/<str:customer>/methods/<str:method>/default",
        "customers/<str:customer>/methods/<str:method>/remove",
        "products",
        "products/new",
        "products/<str:product>",
        "subscriptions",
        "subscriptions/<str:subscription>",
        "invoices",
        "invoices/<str:invoice>",
        "invoices/<str:invoice>/pdf",
        "invoices/<str:invoice>/charge",
        "events",
        "administration",
        "administration/business",
        "administration/orders",
        "administration/members",
        "administration/members/new",
        "administration/members/<str:member>",
        "administration/members/<str:member>/activity",
        "administration/api-keys",
        "administration/api-keys/new",
        "administration/api-keys/<str:key>/revoke",
        "administration/tax-rates",
        "administration/tax-rates/new",
        "administration/tax-rates/<str:rate>",
        "administration/mails",
        "administration/mails/<str:mail>",
        "administration/mails/<str:mail>/body",
        "administration/gateway",
        "administration/test-clock",
        "administration/test-clock/advance",
        "administration/test-clock/<str:move>/progress",
        "design",
        "design/<slug:part>",
    }
)

API: dict[str, dict[str, Any]] = {
    _API + "orders": {"customer": "{customer_id}"},
    _API + "orders/<order_id>": {"tags": ["changed"]},
    _API + "orders/<order_id>/submit-with-payment": _VISA,
    _API + "orders/<order_id>/cancel-payment": {},
    _API + "orders/<order_id>/activate": {},
    _API + "orders/<order_id>/retry-activation": {},
    _API + "orders/<order_id>/ignore-errors": {},
    _API + "orders/<order_id>/duplicate": {},
    _API + "orders/<order_id>/decline": {"reason": "no"},
    _API + "orders/<order_id>/request-cancellation": {"reason": "no"},
    _API + "orders/<order_id>/reassign": {"member": "{member_id}"},
    _API + "orders/<order_id>/submit-to-admin": {},
    _API + "orders/<order_id>/withdraw": {},
    _API + "orders/<order_id>/approve": {},
    _API + "orders/<order_id>/convert-to-draft": {},
    _API + "orders/<order_id>/refuse-cancellation": {},
    _API + "orders/<order_id>/archive": {},
    _API + "orders/<order_id>/unarchive": {},
    _API + "orders/<order_id>/send-for-customer-approval": {
        "contact": {"name": "Mallory", "email": "mallory@example.com"},
        "require_payment": True,
    },
    _API + "orders/<order_id>/resend": {},
    _API + "orders/<order_id>/recall": {},
    _API + "orders/<order_id>/offers": {},
    _API + "orders/<order_id>/offers/<offer_id>/document": {},
    _API + "orders/<order_id>/offers/<offer_id>/signed-document": {},
    _API + "orders/<order_id>/offers/<offer_id>/certificate": {},
    _API + "orders/<order_id>/messages": {"text": "changed"},
    _API + "orders/<order_id>/payments": {},
    _API + "orders/<order_id>/history": {},
    _API + "orders/<order_id>/activations": {},
    _API + "orders/<order_id>/attachments": {},
    _API + "orders/<order_id>/attachments/<attachment_id>": {},
    _API + "customers": {"name": "Mallory", "email": "mallory@example.com", "currency": "USD"},
    _API + "customers/<customer_id>": {"name": "Mallory"},
    _API + "customers/<customer_id>/contacts": {"name": "Mallory", "email": "mallory@example.com"},
    _API + "customers/<customer_id>/billing-settings": {"memo": "changed"},
    _API + "customers/<customer_id>/payment-methods": {"token": "pm_card_visa"},
    _API + "payment-methods/<method_id>": {},
    _API + "payment-methods/<method_id>/verify": {},
    _API + "payments": {},
    _API + "payments/<payment_id>": {},
    _API + "invoices": {},
    _API + "invoices/<invoice_id>": {},
    _API + "invoices/<invoice_id>/pdf": {},
    _API + "invoices/<invoice_id>/pay": {},
    _API + "subscriptions": {},
    _API + "subscriptions/<subscription_id>": {},
    _API + "products": {"name": "Free beer", "sku": "free-beer", "price": _PRICE},
    _API + "products/<product_id>": {"price": _PRICE},
    _API + "tax-rates": {"name": "VAT", "country": "US", "percent": "1"},
    _API + "tax-rates/<rate_id>": {"percent": "0"},
    _API + "settings/orders": {"salespeople_can_charge": False},
    _API + "members": {"email": "mallory@example.com", "role": "admin"},
    _API + "members/<member_id>": {"role": "salesperson"},
    _API + "events": {},
    _API + "test-clock": {"advance_to": "2031-01-01T00:00:00Z"},
}

FORM: dict[str, Any] = {
    "name": "Mallory", "email": "mallory@example.com", "currency": "USD", "role": "admin", "reason": "no",
    "memo": "changed", "line1": "1 Elsewhere", "country": "US", "sku": "free-beer", "price": "1.00", "percent": "0",
    "token": "pm_card_visa", "source": "new", "tags": "changed", "advance_to": "2031-01-01", "timezone": "UTC",
    "version": "1", "locale": "en_US", "legal_name": "Mallory", "salespeople_can_charge": "on",
}  # fmt: skip
"""What is posted to every page: some of its fields are those that the page reads."""
