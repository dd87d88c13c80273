"""Every URL of the product on one screen."""

from __future__ import annotations

from django.urls import include, path

from handsel.web.console import (
    account,
    administration,
    administration_history,
    administration_team,
    customers,
    customers_billing,
    design_page,
    home,
    invoices,
    products,
    subscriptions,
    tax_rates,
    test_clock,
)

handler400 = "handsel.web.errors.bad_request"
handler404 = "handsel.web.errors.not_found"
handler500 = "handsel.web.errors.server_error"

urlpatterns = [
    # Home and search.
    path("", home.start, name="start"),
    path("home", home.page, name="home"),
    path("home/figures", home.figures_part, name="home_figures"),
    path("search", home.search, name="search"),
    # Customers.
    path("customers", customers.index, name="customers"),
    path("customers/new", customers.new, name="customer_new"),
    path("customers/<str:customer>", customers.page, name="customer"),
    path("customers/<str:customer>/edit", customers.edit, name="customer_edit"),
    path("customers/<str:customer>/contacts", customers.contact_new, name="contact_new"),
    path("customers/<str:customer>/contacts/<str:contact>", customers.contact_edit, name="contact_edit"),
    path("customers/<str:customer>/billing", customers_billing.settings, name="customer_billing"),
    path("customers/<str:customer>/methods", customers_billing.method_new, name="method_new"),
    path("customers/<str:customer>/methods/<str:method>/verify", customers_billing.method_verify, name="method_verify"),
    path("customers/<str:customer>/methods/<str:method>/default", customers_billing.method_default, name="method_default"),
    path("customers/<str:customer>/methods/<str:method>/remove", customers_billing.method_remove, name="method_remove"),
    # Products, subscriptions, invoices, events.
    path("products", products.index, name="products"),
    path("products/new", products.new, name="product_new"),
    path("products/<str:product>", products.page, name="product"),
    path("subscriptions", subscriptions.index, name="subscriptions"),
    path("subscriptions/<str:subscription>", subscriptions.page, name="subscription"),
    path("invoices", invoices.index, name="invoices"),
    path("invoices/<str:invoice>", invoices.page, name="invoice"),
    path("invoices/<str:invoice>/pdf", invoices.pdf, name="invoice_pdf"),
    path("invoices/<str:invoice>/charge", invoices.charge, name="invoice_charge"),
    path("events", administration_history.events, name="events"),
    # Administration.
    path("administration", administration.index, name="administration"),
    path("administration/business", administration.business, name="business"),
    path("administration/orders", administration.order_settings, name="order_settings"),
    path("administration/members", administration_team.members, name="members"),
    path("administration/members/new", administration_team.member_new, name="member_new"),
    path("administration/members/<str:member>", administration_team.member, name="member"),
    path("administration/api-keys", administration_team.api_keys, name="api_keys"),
    path("administration/api-keys/new", administration_team.api_key_new, name="api_key_new"),
    path("administration/api-keys/<str:key>/revoke", administration_team.api_key_revoke, name="api_key_revoke"),
    path("administration/tax-rates", tax_rates.index, name="tax_rates"),
    path("administration/tax-rates/new", tax_rates.new, name="tax_rate_new"),
    path("administration/tax-rates/<str:rate>", tax_rates.page, name="tax_rate"),
    path("administration/mails", administration_history.mails, name="mails"),
    path("administration/mails/<str:mail>", administration_history.mail, name="mail"),
    path("administration/mails/<str:mail>/body", administration_history.mail_body, name="mail_body"),
    path("administration/gateway", administration.gateway, name="gateway"),
    path("administration/test-clock", test_clock.page, name="test_clock"),
    path("administration/test-clock/advance", test_clock.advance, name="test_clock_advance"),
    path("administration/test-clock/<str:move>/progress", test_clock.progress, name="test_clock_progress"),
    # One's own account, and signing in. Of allauth's pages only those that members need are here.
    path("account", account.page, name="account"),
    path("account/partner", account.work_for, name="work_for"),
    path("accounts/", include("handsel.web.sign_in_urls")),
    # The design system, in debug mode and for partners in test mode.
    path("design", design_page.page, name="design"),
    path("design/<slug:part>", design_page.page, name="design_part"),
]
