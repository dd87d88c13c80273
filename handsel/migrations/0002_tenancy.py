"""Composite keys, row-level security, and the table in which sign-in attempts are counted."""

from django.core.management import call_command
from django.db import migrations

from handsel.database.operations import TenantTables


def make_throttle_table(apps, schema_editor):
    call_command("createcachetable", "throttle_cache", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("handsel", "0001_initial")]

    operations = [
        TenantTables(
            [
                "Activation",
                "ApiKey",
                "Attachment",
                "BillingSettings",
                "ClockAdvance",
                "Contact",
                "Counter",
                "CreditNote",
                "Customer",
                "Event",
                "EventPersonal",
                "GatewayAccount",
                "GatewayCustomer",
                "GatewayEvent",
                "IdempotencyRecord",
                "Invitation",
                "Invoice",
                "InvoiceLine",
                "LedgerPosting",
                "Logo",
                "Mail",
                "MailCursor",
                "MailText",
                "Message",
                "Offer",
                "Order",
                "OrderCount",
                "OrderLine",
                "OrderTag",
                "Payment",
                "PaymentMethod",
                "Product",
                "Refund",
                "Seal",
                "SearchWord",
                "Signature",
                "SignedDocument",
                "SigningKey",
                "Subscription",
                "TaxRate",
                "Terms",
                "UnsealedEvent",
            ]
        ),
        migrations.RunPython(make_throttle_table, migrations.RunPython.noop),
    ]
