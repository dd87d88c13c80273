"""Every URL of the product on one screen."""

from __future__ import annotations

from django.urls import include, path

from handsel.web import gateway_events, health
from handsel.web.api import v1
from handsel.web.console import (
    account,
    administration,
    administration_brand,
    administration_gateways,
    administration_history,
    administration_numbering,
    administration_orders,
    administration_signing,
    administration_team,
    customers,
    customers_billing,
    design_page,
    home,
    invoices,
    products,
    security,
    subscriptions,
    tax_rates,
    test_clock,
)
from handsel.web.console.orders import (
    actions,
    approval,
    attachments,
    draft,
    order_page,
    orders_list,
    payment,
    sending,
)
from handsel.web.portal import confirm, invitations, links, offer, offer_files

handler400 = "handsel.web.errors.bad_request"
handler404 = "handsel.web.errors.not_found"
handler500 = "handsel.web.errors.server_error"

urlpatterns = [
    # Home and search.
    path("", home.start, name="start"),
    path("home", home.page, name="home"),
    path("home/figures", home.figures_part, name="home_figures"),
    path("search", home.search, name="search"),
    # Orders.
    path("orders", orders_list.orders, name="orders"),
    path("orders/new", draft.order_new, name="order_new"),
    path("orders/new/customer", draft.order_new_customer, name="order_new_customer"),
    path("orders/options/customers", draft.customer_options, name="order_customer_options"),
    path("orders/options/products", draft.product_options, name="order_product_options"),
    path("orders/<str:order_id>", order_page.details, name="order"),
    path("orders/<str:order_id>/approval", approval.approval, name="order_approval"),
    path("orders/<str:order_id>/payment", order_page.payment, name="order_payment"),
    path("orders/<str:order_id>/activation", order_page.activation, name="order_activation"),
    path("orders/<str:order_id>/history", order_page.history, name="order_history"),
    path("orders/<str:order_id>/status", order_page.status, name="order_status"),
    path("orders/<str:order_id>/draft", draft.draft_save, name="order_draft"),
    path("orders/<str:order_id>/lines", draft.draft_add_line, name="order_add_line"),
    path("orders/<str:order_id>/lines/<str:line_id>/remove", draft.draft_remove_line, name="order_remove_line"),
    path("orders/<str:order_id>/charge", payment.charge, name="order_charge"),
    path("orders/<str:order_id>/methods/<str:method_id>/verify", payment.verify, name="order_verify"),
    path("orders/<str:order_id>/attachments", attachments.attach, name="order_attach"),
    path("orders/<str:order_id>/attachments/<str:attachment_id>", attachments.attachment, name="order_attachment"),
    path("orders/<str:order_id>/attachments/<str:attachment_id>/remove", attachments.detach, name="order_detach"),
    path("orders/<str:order_id>/send", sending.send, name="order_send"),
    path("orders/<str:order_id>/messages", approval.write, name="order_write"),
    path("orders/<str:order_id>/offers/<str:offer_id>/document", approval.document, name="offer_document"),
    path(
        "orders/<str:order_id>/offers/<str:offer_id>/signed-document",
        approval.signed_document,
        name="offer_signed_document",
    ),
    path("orders/<str:order_id>/offers/<str:offer_id>/certificate", approval.certificate, name="offer_certificate"),
    path("orders/<str:order_id>/offers/<str:offer_id>/signature", approval.signature, name="offer_signature"),
    path("orders/<str:order_id>/actions/<slug:verb>", actions.action, name="order_action"),
    # The customer's bank asks: the link that was mailed.
    path("confirm/<str:token>", confirm.confirm, name="confirm"),
    path("confirm/<str:token>/returned", confirm.returned, name="confirm_returned"),
    path("confirm/<str:token>/accent.css", confirm.accent, name="confirm_accent"),
    # Somebody is asked to join: the link that was mailed.
    path("invitations/<str:token>", invitations.invitation, name="invitation"),
    path("pay/returned", links.came_back, name="pay_returned"),
    # The customer's offer: the link that was mailed.
    path("approve/<str:token>", offer.page, name="offer"),
    path("approve/<str:token>/state", offer.state, name="offer_state"),
    path("approve/<str:token>/viewed", offer.viewed, name="offer_viewed"),
    path("approve/<str:token>/sign", offer.sign, name="offer_sign"),
    path("approve/<str:token>/decline", offer.decline, name="offer_decline"),
    path("approve/<str:token>/messages", offer.messages, name="offer_messages"),
    path("approve/<str:token>/bank", offer.bank, name="offer_bank"),
    path("approve/<str:token>/returned", offer.returned, name="offer_returned"),
    path("approve/<str:token>/cancel", offer.cancel, name="offer_cancel"),
    path("approve/<str:token>/document", offer_files.document, name="offer_document"),
    path("approve/<str:token>/attachments/<str:attachment_id>", offer_files.attachment, name="offer_attachment"),
    path("approve/<str:token>/signed/<slug:kind>", offer_files.signed, name="offer_signed"),
    path("approve/<str:token>/receipt", offer_files.receipt, name="offer_receipt"),
    path("approve/<str:token>/logo", offer_files.logo, name="offer_logo"),
    path("approve/<str:token>/accent.css", offer_files.accent, name="offer_accent"),
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
    path(
        "customers/<str:customer>/methods/<str:method>/default", customers_billing.method_default, name="method_default"
    ),
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
    path("invoices/<str:invoice>/mark-paid", invoices.mark, name="invoice_mark_paid"),
    path("events", administration_history.events, name="events"),
    # Administration.
    path("administration", administration.index, name="administration"),
    path("administration/business", administration.business, name="business"),
    path("administration/orders", administration_orders.order_settings, name="order_settings"),
    path("administration/terms", administration_orders.terms, name="terms"),
    path("administration/terms/stop", administration_orders.terms_stop, name="terms_stop"),
    path("administration/terms/<int:version>", administration_orders.terms_version, name="terms_version"),
    path("administration/security", security.security, name="security"),
    path("administration/members", administration_team.members, name="members"),
    path("administration/members/new", administration_team.member_new, name="member_new"),
    path("administration/members/<str:member>", administration_team.member, name="member"),
    path("administration/members/<str:member>/activity", administration_team.member_activity, name="member_activity"),
    path(
        "administration/members/<str:member>/invitation",
        administration_team.member_invitation,
        name="member_invitation",
    ),
    path("administration/api-keys", administration_team.api_keys, name="api_keys"),
    path("administration/api-keys/new", administration_team.api_key_new, name="api_key_new"),
    path("administration/api-keys/<str:key>/revoke", administration_team.api_key_revoke, name="api_key_revoke"),
    path("administration/tax-rates", tax_rates.index, name="tax_rates"),
    path("administration/tax-rates/new", tax_rates.new, name="tax_rate_new"),
    path("administration/tax-rates/<str:rate>", tax_rates.page, name="tax_rate"),
    path("administration/mails", administration_history.mails, name="mails"),
    path("administration/mails/<str:mail>", administration_history.mail, name="mail"),
    path("administration/mails/<str:mail>/body", administration_history.mail_body, name="mail_body"),
    path("administration/branding", administration_brand.branding, name="branding"),
    path("administration/branding/logo", administration_brand.logo_set, name="logo_set"),
    path("administration/branding/logo/remove", administration_brand.logo_remove, name="logo_remove"),
    path("administration/branding/colour", administration_brand.colour, name="branding_colour"),
    path("administration/branding/preview", administration_brand.preview, name="branding_preview"),
    path("administration/branding/accent.css", administration_brand.accent, name="branding_accent"),
    path("branding/logo/<str:sha>", administration_brand.logo, name="logo"),
    path("administration/numbering", administration_numbering.numbering, name="numbering"),
    path("administration/gateways", administration_gateways.gateways, name="gateways"),
    path("administration/gateways/new", administration_gateways.gateway_new, name="gateway_new"),
    path("administration/gateways/offline", administration_gateways.gateway_offline, name="gateway_offline"),
    path("administration/gateways/sandbox", administration_gateways.gateway_sandbox, name="gateway_sandbox"),
    path("administration/gateways/<str:account>/keys", administration_gateways.gateway_keys, name="gateway_keys"),
    path("administration/gateways/<str:account>/check", administration_gateways.gateway_check, name="gateway_check"),
    path(
        "administration/gateways/<str:account>/events", administration_gateways.gateway_events, name="gateway_register"
    ),
    path(
        "administration/gateways/<str:account>/default", administration_gateways.gateway_default, name="gateway_default"
    ),
    path("administration/gateways/<str:account>/close", administration_gateways.gateway_close, name="gateway_close"),
    path("administration/signing-key", administration_signing.page, name="signing_key"),
    path("administration/signing-key/<str:signing_key>", administration_signing.certificate, name="signing_key_file"),
    path("administration/test-clock", test_clock.page, name="test_clock"),
    path("administration/test-clock/advance", test_clock.advance, name="test_clock_advance"),
    path("administration/test-clock/<str:move>/progress", test_clock.progress, name="test_clock_progress"),
    # One's own account, and signing in. Of allauth's pages only those that members need are here.
    path("account", account.page, name="account"),
    path("account/partner", account.work_for, name="work_for"),
    path("accounts/2fa/set-up/", security.second_step, name="second_step"),
    path("accounts/", include("handsel.web.sign_in_urls")),
    # Programs, gateways, and whoever watches over the product.
    path("api/v1/", v1.api.urls),
    path("api/docs", v1.docs, name="api_docs"),
    path("gateway/<str:name>/<str:account>/events", gateway_events.gateway_events, name="gateway_events"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    # The design system, in debug mode and for partners in test mode.
    path("design", design_page.page, name="design"),
    path("design/<slug:part>", design_page.page, name="design_part"),
]
