"""Every table as it is first made. Indexes and constraints stand inside their tables: as operations of their own each
would have Django draw all models anew, which was most of the time of a first start."""

import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import handsel.database.ids
import handsel.database.tables
import handsel.models.people
import handsel.rules.activation_states
import handsel.rules.invoice_states
import handsel.rules.offers
import handsel.rules.order_status
import handsel.rules.payment_states
import handsel.rules.subscription_states


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                ("mode", models.CharField(choices=[("test", "test"), ("live", "live")], max_length=4)),
                ("clock_offset_seconds", models.BigIntegerField(default=0)),
                ("legal_name", models.CharField(blank=True, max_length=200)),
                ("tax_id", models.CharField(blank=True, max_length=50)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("line1", models.CharField(blank=True, max_length=200)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("region", models.CharField(blank=True, max_length=100)),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("currency", models.CharField(default="USD", max_length=3)),
                ("timezone", models.CharField(default="UTC", max_length=64)),
                ("locale", models.CharField(default="en_US", max_length=10)),
                ("accent", models.CharField(default="#1f5d8c", max_length=7)),
                ("logo_sha256", models.CharField(blank=True, max_length=64)),
                ("invoice_prefix", models.CharField(default="INV-", max_length=12)),
                ("credit_note_prefix", models.CharField(default="CN-", max_length=12)),
                ("order_prefix", models.CharField(default="O-", max_length=12)),
                ("payment_terms_days", models.PositiveSmallIntegerField(default=14)),
                ("order_settings", models.JSONField(blank=True, default=dict)),
                ("requires_two_factor", models.BooleanField(default=False)),
                ("refund_limit_minor", models.BigIntegerField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "partners",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode", "test"), ("clock_offset_seconds", 0), _connector="OR"),
                        name="live_keeps_real_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("is_active", models.BooleanField(default=True)),
                ("sessions_ended", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "users",
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="members", to="handsel.partner"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("role", models.CharField(choices=[("admin", "admin"), ("salesperson", "salesperson")], max_length=20)),
                (
                    "grants",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "memberships",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "user"), name="one_membership_per_partner"),
                    models.UniqueConstraint(fields=("partner", "id"), name="membership_of_partner"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "member",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("email", models.EmailField(max_length=254)),
                (
                    "invited_by",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("sends", models.PositiveIntegerField(default=1)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "invitations",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("accepted_at", None), ("withdrawn_at", None)),
                        fields=("partner", "member"),
                        name="one_open_invitation",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Logo",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("content", models.BinaryField()),
                ("content_type", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "logos",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("partner",), name="one_logo")],
            },
        ),
        migrations.CreateModel(
            name="Customer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("currency", models.CharField(max_length=3)),
                ("timezone", models.CharField(default="UTC", max_length=64)),
                ("locale", models.CharField(default="en_US", max_length=10)),
                ("line1", models.CharField(blank=True, max_length=200)),
                ("city", models.CharField(blank=True, max_length=100)),
                ("region", models.CharField(blank=True, max_length=100)),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("tax_id", models.CharField(blank=True, max_length=50)),
                ("tax_exempt", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "customers",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["partner", "name", "id"], name="customers_by_name")],
                "constraints": [models.UniqueConstraint(fields=("partner", "number"), name="customer_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "contacts",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "customer", "email"), name="contact_email_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("hash", models.CharField(max_length=64, unique=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="handsel.partner"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("row_id", models.UUIDField()),
                ("expires_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "credentials",
                "indexes": [models.Index(fields=["partner", "row_id"], name="credentials_by_row")],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "member",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("name", models.CharField(max_length=100)),
                ("starts_with", models.CharField(max_length=12)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "api_keys",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="IdempotencyRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("key_hash", models.CharField(max_length=64)),
                ("request_hash", models.CharField(max_length=64)),
                (
                    "member",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("path", models.CharField(max_length=300)),
                ("subject_kind", models.CharField(blank=True, max_length=20)),
                ("subject_id", models.UUIDField(null=True)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("content_type", models.CharField(blank=True, max_length=60)),
                ("body", models.BinaryField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "idempotency_records",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["created_at"], name="idempotency_by_age")],
                "constraints": [models.UniqueConstraint(fields=("partner", "key_hash"), name="idempotency_key_once")],
            },
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("word", models.CharField(db_collation="C", max_length=60)),
                ("kind", models.CharField(max_length=10)),
                ("row_id", models.UUIDField()),
            ],
            options={
                "db_table": "search_words",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["partner", "kind", "row_id"], name="search_words_by_row")],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "kind", "word", "row_id"), name="search_word_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="ClockAdvance",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("to_at", models.DateTimeField()),
                ("reached_at", models.DateTimeField()),
                ("ran", models.PositiveIntegerField(default=0)),
                ("doing", models.CharField(blank=True, max_length=100)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "clock_advances",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("finished_at__isnull", True)),
                        fields=("partner",),
                        name="one_clock_advance_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("sku", models.CharField(max_length=80)),
                ("description", models.TextField(blank=True)),
                ("price_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("interval", models.CharField(max_length=5, null=True)),
                ("interval_count", models.PositiveSmallIntegerField(default=1)),
                ("trial_days", models.PositiveSmallIntegerField(default=0)),
                ("vendor_url", models.URLField(blank=True, max_length=500)),
                ("vendor_secret_encrypted", models.TextField(blank=True)),
                (
                    "prerequisite",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.product",
                    ),
                ),
                ("tax_exempt", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "products",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "sku"), name="product_sku_once"),
                    models.CheckConstraint(
                        condition=models.Q(("price_minor__gte", 0)), name="product_price_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("interval__isnull", True),
                            ("interval__in", ("day", "week", "month", "year")),
                            _connector="OR",
                        ),
                        name="product_interval_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("country", models.CharField(max_length=2)),
                ("region", models.CharField(blank=True, max_length=100)),
                ("percent", models.DecimalField(decimal_places=4, max_digits=7)),
                ("inclusive", models.BooleanField(default=False)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "tax_rates",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percent__range", (0, 100))), name="tax_percent_in_range"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("owner_id", models.UUIDField()),
                ("status", models.CharField(max_length=32)),
                ("change", models.BigIntegerField()),
            ],
            options={
                "db_table": "order_counts",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["partner", "owner_id", "status"], name="order_counts_by_owner")],
            },
        ),
        migrations.CreateModel(
            name="GatewayAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("name", models.CharField(max_length=20)),
                ("label", models.CharField(blank=True, max_length=100)),
                ("secret_key_encrypted", models.TextField()),
                ("event_secret_encrypted", models.TextField()),
                ("publishable_key", models.CharField(max_length=200)),
                ("api_base", models.CharField(blank=True, max_length=200)),
                ("script_url", models.CharField(max_length=200)),
                ("is_default", models.BooleanField(default=True)),
                ("failing_since", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "gateway_accounts",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)), fields=("partner",), name="one_default_gateway"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayCustomer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "account",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.gatewayaccount",
                    ),
                ),
                ("reference", models.CharField(max_length=100)),
            ],
            options={
                "db_table": "gateway_customers",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "customer", "account"), name="one_gateway_customer")
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentMethod",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "account",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.gatewayaccount",
                    ),
                ),
                ("reference", models.CharField(max_length=100)),
                ("customer_reference", models.CharField(blank=True, max_length=100)),
                ("kind", models.CharField(max_length=20)),
                ("brand", models.CharField(max_length=30)),
                ("last4", models.CharField(max_length=4)),
                ("exp_month", models.PositiveSmallIntegerField(null=True)),
                ("exp_year", models.PositiveSmallIntegerField(null=True)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("fingerprint", models.CharField(blank=True, max_length=100)),
                ("consent", models.JSONField(default=dict)),
                ("verified_at", models.DateTimeField(null=True)),
                ("verification", models.CharField(blank=True, max_length=30)),
                ("removed_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "payment_methods",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "account", "reference"), name="method_reference_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BillingSettings",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "recipient",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.contact",
                    ),
                ),
                (
                    "default_payment_method",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.paymentmethod",
                    ),
                ),
                ("collection", models.CharField(default="automatic", max_length=20)),
                ("memo", models.TextField(blank=True)),
                ("payment_terms_days", models.PositiveSmallIntegerField(default=14)),
            ],
            options={
                "db_table": "billing_settings",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "customer"), name="one_billing_settings_per_customer")
                ],
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("number", models.CharField(max_length=20)),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "owner",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("status", models.CharField(default=handsel.rules.order_status.OrderStatus["DRAFT"], max_length=32)),
                ("previous_status", models.CharField(blank=True, max_length=32)),
                ("decline_cause", models.CharField(blank=True, max_length=12)),
                ("decline_reason", models.TextField(blank=True)),
                ("cancel_cause", models.CharField(blank=True, max_length=12)),
                ("cancellation_reason", models.TextField(blank=True)),
                ("declined_before", models.BooleanField(default=False)),
                ("currency", models.CharField(max_length=3)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("version", models.PositiveIntegerField(default=1)),
                ("contract_start_on", models.DateField(null=True)),
                ("staff_notes", models.TextField(blank=True)),
                ("customer_notes", models.TextField(blank=True)),
                (
                    "billing_recipient",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.contact",
                    ),
                ),
                (
                    "billing_method",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.paymentmethod",
                    ),
                ),
                ("line_count", models.PositiveIntegerField(default=0)),
                ("subtotal_minor", models.BigIntegerField(default=0)),
                ("discount_minor", models.BigIntegerField(default=0)),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("total_minor", models.BigIntegerField(default=0)),
                ("contract_value_minor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("submitted_at", models.DateTimeField(null=True)),
                (
                    "sent_by",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
            ],
            options={
                "db_table": "orders",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["partner", "status", "id"], name="orders_by_status"),
                    models.Index(fields=["partner", "owner", "id"], name="orders_by_owner_newest"),
                    models.Index(fields=["partner", "owner", "status", "id"], name="orders_by_owner_status"),
                    models.Index(fields=["partner", "customer", "id"], name="orders_by_customer_newest"),
                    models.Index(fields=["partner", "total_minor", "id"], name="orders_by_total"),
                    models.Index(fields=["partner", "updated_at", "id"], name="orders_by_update"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "number"), name="order_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    handsel.rules.order_status.OrderStatus["DRAFT"],
                                    handsel.rules.order_status.OrderStatus["PENDING"],
                                    handsel.rules.order_status.OrderStatus["RESUBMITTED"],
                                    handsel.rules.order_status.OrderStatus["AWAITING_CUSTOMER_APPROVAL"],
                                    handsel.rules.order_status.OrderStatus["APPROVED"],
                                    handsel.rules.order_status.OrderStatus["PROCESSING_PAYMENT"],
                                    handsel.rules.order_status.OrderStatus["PROCESSING"],
                                    handsel.rules.order_status.OrderStatus["SCHEDULED"],
                                    handsel.rules.order_status.OrderStatus["ACTIVATED"],
                                    handsel.rules.order_status.OrderStatus["ACTIVATION_ERRORS"],
                                    handsel.rules.order_status.OrderStatus["DECLINED"],
                                    handsel.rules.order_status.OrderStatus["CANCELLATION_REQUESTED"],
                                    handsel.rules.order_status.OrderStatus["CANCELLED"],
                                    handsel.rules.order_status.OrderStatus["ARCHIVED"],
                                ],
                            )
                        ),
                        name="order_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gte", 0)), name="order_total_not_negative"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="handsel.order",
                    ),
                ),
                (
                    "product",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.product",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("quantity", models.PositiveIntegerField()),
                ("list_price_minor", models.BigIntegerField()),
                ("unit_price_minor", models.BigIntegerField()),
                ("discount_percent", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("discount_amount_minor", models.BigIntegerField(null=True)),
                ("discount_periods", models.PositiveIntegerField(null=True)),
                ("interval", models.CharField(max_length=5, null=True)),
                ("interval_count", models.PositiveSmallIntegerField(default=1)),
                ("trial_days", models.PositiveSmallIntegerField(default=0)),
                ("start_on", models.DateField(null=True)),
                ("periods", models.PositiveIntegerField(null=True)),
                ("taxes", models.JSONField(default=list)),
                ("subtotal_minor", models.BigIntegerField(default=0)),
                ("discount_minor", models.BigIntegerField(default=0)),
                ("net_minor", models.BigIntegerField(default=0)),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("total_minor", models.BigIntegerField(default=0)),
                ("renewal_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "order_lines",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                        fields=("partner", "order", "position"),
                        name="line_position_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__range", (1, 1000000))), name="line_quantity_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price_minor__gte", 0)), name="line_price_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("discount_percent__isnull", True), ("discount_amount_minor__isnull", True), _connector="OR"
                        ),
                        name="line_has_one_discount",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderTag",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tags",
                        to="handsel.order",
                    ),
                ),
                ("tag", models.CharField(max_length=50)),
            ],
            options={
                "db_table": "order_tags",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["partner", "tag", "order"], name="orders_by_tag")],
                "constraints": [models.UniqueConstraint(fields=("partner", "order", "tag"), name="order_tag_once")],
            },
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="handsel.order",
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("content_type", models.CharField(max_length=100)),
                ("size_bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("content", models.BinaryField()),
                ("for_customer", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "attachments",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Activation",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.order",
                    ),
                ),
                (
                    "line",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.orderline",
                    ),
                ),
                (
                    "product",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.product",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        default=handsel.rules.activation_states.ActivationStatus["PENDING"], max_length=20
                    ),
                ),
                ("starts_on", models.DateField()),
                ("starts_at", models.DateTimeField()),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "activations",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="activations_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "line"), name="one_activation_per_line"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    handsel.rules.activation_states.ActivationStatus["SCHEDULED"],
                                    handsel.rules.activation_states.ActivationStatus["PENDING"],
                                    handsel.rules.activation_states.ActivationStatus["ACTIVATED"],
                                    handsel.rules.activation_states.ActivationStatus["ERRORED"],
                                    handsel.rules.activation_states.ActivationStatus["ERRORS_IGNORED"],
                                    handsel.rules.activation_states.ActivationStatus["CANCELLED"],
                                    handsel.rules.activation_states.ActivationStatus["DEACTIVATED"],
                                ],
                            )
                        ),
                        name="activation_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GatewayEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "account",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.gatewayaccount",
                    ),
                ),
                ("event", models.CharField(max_length=100)),
                ("type", models.CharField(max_length=80)),
                ("object_kind", models.CharField(max_length=40)),
                ("object_reference", models.CharField(max_length=100)),
                ("payment_id", models.UUIDField(null=True)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("applied_at", models.DateTimeField(null=True)),
                ("outcome", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "db_table": "gateway_events",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="gateway_events_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "account", "event"), name="gateway_event_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Counter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("series", models.CharField(max_length=20)),
                ("first", models.BigIntegerField(default=1)),
                ("last", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "counters",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("partner", "series"), name="one_counter_per_series")],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.order",
                    ),
                ),
                (
                    "line",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.orderline",
                    ),
                ),
                (
                    "product",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.product",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        default=handsel.rules.subscription_states.SubscriptionStatus["SCHEDULED"], max_length=20
                    ),
                ),
                ("quantity", models.PositiveIntegerField()),
                ("unit_price_minor", models.BigIntegerField()),
                ("discount_percent", models.DecimalField(decimal_places=4, max_digits=7, null=True)),
                ("discount_amount_minor", models.BigIntegerField(null=True)),
                ("discount_periods", models.PositiveIntegerField(null=True)),
                ("currency", models.CharField(max_length=3)),
                ("interval", models.CharField(max_length=5)),
                ("interval_count", models.PositiveSmallIntegerField(default=1)),
                ("periods", models.PositiveIntegerField(null=True)),
                ("anchor_on", models.DateField()),
                ("starts_at", models.DateTimeField()),
                ("trial_ends_on", models.DateField(null=True)),
                ("periods_billed", models.PositiveIntegerField(default=0)),
                ("period_start_on", models.DateField(null=True)),
                ("period_end_on", models.DateField(null=True)),
                ("renews_at", models.DateTimeField(null=True)),
                (
                    "payment_method",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.paymentmethod",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "subscriptions",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["partner", "customer", "id"], name="subscriptions_by_customer"),
                    models.Index(fields=["partner", "status", "id"], name="subscriptions_by_status"),
                    models.Index(fields=["partner", "order"], name="subscriptions_by_order"),
                    models.Index(
                        condition=models.Q(("status", "scheduled")), fields=["starts_at"], name="subscriptions_to_start"
                    ),
                    models.Index(
                        condition=models.Q(("renews_at__isnull", False)), fields=["renews_at"], name="subscriptions_due"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "line"), name="one_subscription_per_line"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    handsel.rules.subscription_states.SubscriptionStatus["SCHEDULED"],
                                    handsel.rules.subscription_states.SubscriptionStatus["ACTIVE"],
                                    handsel.rules.subscription_states.SubscriptionStatus["PAST_DUE"],
                                    handsel.rules.subscription_states.SubscriptionStatus["PAUSED"],
                                    handsel.rules.subscription_states.SubscriptionStatus["CANCELLED"],
                                    handsel.rules.subscription_states.SubscriptionStatus["ENDED"],
                                ],
                            )
                        ),
                        name="subscription_status_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Invoice",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("number", models.CharField(max_length=40, null=True)),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.order",
                    ),
                ),
                (
                    "status",
                    models.CharField(default=handsel.rules.invoice_states.InvoiceStatus["DRAFT"], max_length=20),
                ),
                ("currency", models.CharField(max_length=3)),
                ("issued_on", models.DateField(null=True)),
                ("due_on", models.DateField(null=True)),
                ("parties", models.JSONField(default=dict)),
                ("memo", models.TextField(blank=True)),
                ("subtotal_minor", models.BigIntegerField(default=0)),
                ("discount_minor", models.BigIntegerField(default=0)),
                ("tax_minor", models.BigIntegerField(default=0)),
                ("total_minor", models.BigIntegerField(default=0)),
                ("paid_minor", models.BigIntegerField(default=0)),
                ("credited_minor", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("paid_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "invoices",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["partner", "customer", "id"], name="invoices_by_customer_newest"),
                    models.Index(fields=["partner", "status", "id"], name="invoices_by_status"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "number"), name="invoice_number_once"),
                    models.UniqueConstraint(fields=("partner", "order"), name="one_invoice_per_order"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    handsel.rules.invoice_states.InvoiceStatus["DRAFT"],
                                    handsel.rules.invoice_states.InvoiceStatus["DUE"],
                                    handsel.rules.invoice_states.InvoiceStatus["PAID"],
                                    handsel.rules.invoice_states.InvoiceStatus["VOID"],
                                    handsel.rules.invoice_states.InvoiceStatus["UNCOLLECTIBLE"],
                                ],
                            )
                        ),
                        name="invoice_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status", "draft"), ("number__isnull", False), _connector="OR"),
                        name="finalised_has_a_number",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "invoice",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="handsel.invoice",
                    ),
                ),
                (
                    "subscription",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.subscription",
                    ),
                ),
                ("position", models.PositiveIntegerField()),
                ("description", models.CharField(max_length=300)),
                ("period_start_on", models.DateField(null=True)),
                ("period_end_on", models.DateField(null=True)),
                ("quantity", models.PositiveIntegerField()),
                ("unit_price_minor", models.BigIntegerField()),
                ("subtotal_minor", models.BigIntegerField()),
                ("discount_minor", models.BigIntegerField()),
                ("net_minor", models.BigIntegerField()),
                ("taxes", models.JSONField(default=list)),
                ("tax_minor", models.BigIntegerField()),
                ("total_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "invoice_lines",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("subscription__isnull", False)),
                        fields=("partner", "subscription", "period_start_on"),
                        name="one_line_per_subscription_and_period",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("type", models.CharField(max_length=60)),
                ("occurred_at", models.DateTimeField()),
                ("actor_kind", models.CharField(max_length=10)),
                ("actor_id", models.CharField(blank=True, max_length=40)),
                ("role", models.CharField(blank=True, max_length=20)),
                ("source", models.CharField(max_length=10)),
                ("subject_kind", models.CharField(max_length=20)),
                ("subject_id", models.UUIDField()),
                ("order_id", models.UUIDField(null=True)),
                ("customer_id", models.UUIDField(null=True)),
                ("changes", models.JSONField(default=dict)),
                ("personal_digest", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "db_table": "events",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("order_id__isnull", False)),
                        fields=["partner", "order_id", "id"],
                        name="events_by_order",
                    ),
                    models.Index(fields=["partner", "subject_id", "id"], name="events_by_subject"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventPersonal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "event",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.event",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("content", models.JSONField()),
            ],
            options={
                "db_table": "event_personal",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "event"), name="one_personal_side_per_event")
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("position", models.BigIntegerField()),
                (
                    "event",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.event",
                    ),
                ),
                ("previous", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "seals",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "position"), name="seal_position_once"),
                    models.UniqueConstraint(fields=("partner", "event"), name="event_sealed_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnsealedEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "event",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.event",
                    ),
                ),
            ],
            options={
                "db_table": "unsealed_events",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Terms",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("version", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("tick", models.CharField(max_length=300)),
                ("sha256", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "terms",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("partner", "version"), name="terms_version_once")],
            },
        ),
        migrations.CreateModel(
            name="Offer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offers",
                        to="handsel.order",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                (
                    "contact",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.contact",
                    ),
                ),
                ("contact_name", models.CharField(max_length=200)),
                ("contact_email", models.EmailField(max_length=254)),
                (
                    "sender",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("require_payment", models.BooleanField()),
                ("message", models.TextField(blank=True)),
                ("locale", models.CharField(max_length=10)),
                ("currency", models.CharField(max_length=3)),
                ("total_minor", models.BigIntegerField()),
                ("content", models.JSONField()),
                (
                    "terms",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.terms",
                    ),
                ),
                ("pdf", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("sends", models.PositiveIntegerField(default=1)),
                ("sent_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("opened_at", models.DateTimeField(null=True)),
                ("viewed_at", models.DateTimeField(null=True)),
                ("failed_cards", models.PositiveIntegerField(default=0)),
                ("locked_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_as", models.CharField(blank=True, max_length=12)),
                ("certified_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "offers",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at", None)), fields=["expires_at"], name="offers_to_expire"
                    ),
                    models.Index(
                        condition=models.Q(("certified_at", None), ("closed_as", "approved")),
                        fields=["closed_at"],
                        name="offers_to_certify",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "order", "revision"), name="one_offer_per_revision"),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at", None)),
                        fields=("partner", "order"),
                        name="one_open_offer_per_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_as", ""), ("closed_at", None)),
                            models.Q(
                                (
                                    "closed_as__in",
                                    (
                                        handsel.rules.offers.ClosedAs["APPROVED"],
                                        handsel.rules.offers.ClosedAs["DECLINED"],
                                        handsel.rules.offers.ClosedAs["RECALLED"],
                                        handsel.rules.offers.ClosedAs["EXPIRED"],
                                        handsel.rules.offers.ClosedAs["CANCELLED"],
                                    ),
                                ),
                                ("closed_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="offer_closed_as_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.order",
                    ),
                ),
                (
                    "invoice",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.invoice",
                    ),
                ),
                ("debt_id", models.UUIDField()),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "account",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.gatewayaccount",
                    ),
                ),
                (
                    "method",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.paymentmethod",
                    ),
                ),
                (
                    "offer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.offer",
                    ),
                ),
                ("consent", models.JSONField(default=dict)),
                (
                    "status",
                    models.CharField(default=handsel.rules.payment_states.PaymentStatus["CREATED"], max_length=20),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("request", models.JSONField()),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("method_facts", models.JSONField(default=dict)),
                ("captured_minor", models.BigIntegerField(default=0)),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("refunding_minor", models.BigIntegerField(default=0)),
                ("decline_code", models.CharField(blank=True, max_length=80)),
                ("network_code", models.CharField(blank=True, max_length=40)),
                ("advice_code", models.CharField(blank=True, max_length=40)),
                ("gateway_message", models.TextField(blank=True)),
                ("initiated_by", models.CharField(max_length=200)),
                ("source", models.CharField(max_length=10)),
                ("returns_to", models.CharField(blank=True, max_length=32)),
                ("challenge_url", models.CharField(blank=True, max_length=1000)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("first_sent_at", models.DateTimeField(null=True)),
                ("last_sent_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("looks", models.PositiveIntegerField(default=0)),
                ("next_look_at", models.DateTimeField(null=True)),
                ("staff_told_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "payments",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["partner", "debt_id", "id"], name="payments_by_debt"),
                    models.Index(fields=["partner", "customer", "id"], name="payments_by_customer_newest"),
                    models.Index(fields=["partner", "reference"], name="payments_by_reference"),
                    models.Index(
                        condition=models.Q(("next_look_at__isnull", False)),
                        fields=["next_look_at"],
                        name="payments_to_look_at",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    handsel.rules.payment_states.PaymentStatus["CLEARING"],
                                    handsel.rules.payment_states.PaymentStatus["CREATED"],
                                    handsel.rules.payment_states.PaymentStatus["REQUIRES_ACTION"],
                                    handsel.rules.payment_states.PaymentStatus["SUBMITTED"],
                                    handsel.rules.payment_states.PaymentStatus["UNKNOWN"],
                                ],
                            )
                        ),
                        fields=("partner", "debt_id"),
                        name="one_live_payment_per_debt",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    handsel.rules.payment_states.PaymentStatus["CREATED"],
                                    handsel.rules.payment_states.PaymentStatus["SUBMITTED"],
                                    handsel.rules.payment_states.PaymentStatus["REQUIRES_ACTION"],
                                    handsel.rules.payment_states.PaymentStatus["CLEARING"],
                                    handsel.rules.payment_states.PaymentStatus["UNKNOWN"],
                                    handsel.rules.payment_states.PaymentStatus["SUCCEEDED"],
                                    handsel.rules.payment_states.PaymentStatus["DECLINED"],
                                    handsel.rules.payment_states.PaymentStatus["CANCELLED"],
                                ],
                            )
                        ),
                        name="payment_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="payment_amount_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "captured_minor__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("refunded_minor"), "+", models.F("refunding_minor")
                                ),
                            ),
                            ("refunded_minor__gte", 0),
                            ("refunding_minor__gte", 0),
                        ),
                        name="refunds_within_capture",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("debt_id", models.F("order_id")), ("invoice__isnull", True), ("order__isnull", False)
                            ),
                            models.Q(
                                ("debt_id", models.F("invoice_id")), ("invoice__isnull", False), ("order__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="payment_has_one_debt",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "payment",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="handsel.payment",
                    ),
                ),
                (
                    "status",
                    models.CharField(default=handsel.rules.payment_states.RefundStatus["PENDING"], max_length=20),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("cause", models.CharField(max_length=20)),
                ("reason", models.TextField(blank=True)),
                (
                    "requested_by",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("ends_service", models.BooleanField(default=False)),
                ("needs_approval", models.BooleanField(default=False)),
                (
                    "approved_by",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("approved_at", models.DateTimeField(null=True)),
                ("reference", models.CharField(blank=True, max_length=100)),
                ("failure_code", models.CharField(blank=True, max_length=80)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "refunds",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="refunds_due",
                    ),
                    models.Index(
                        condition=models.Q(("approved_at", None), ("needs_approval", True), ("status", "pending")),
                        fields=["partner", "id"],
                        name="refunds_to_approve",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("cause__in", ["late", "amount_mismatch"])),
                        fields=("partner", "payment"),
                        name="automatic_refund_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    handsel.rules.payment_states.RefundStatus["PENDING"],
                                    handsel.rules.payment_states.RefundStatus["SUCCEEDED"],
                                    handsel.rules.payment_states.RefundStatus["FAILED"],
                                ],
                            )
                        ),
                        name="refund_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="refund_amount_above_zero"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerPosting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("debit", models.CharField(max_length=20)),
                ("credit", models.CharField(max_length=20)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("debt_id", models.UUIDField()),
                (
                    "payment",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.payment",
                    ),
                ),
                (
                    "invoice",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.invoice",
                    ),
                ),
                (
                    "refund",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.refund",
                    ),
                ),
                ("posted_at", models.DateTimeField()),
            ],
            options={
                "db_table": "ledger_postings",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["partner", "debt_id"], name="postings_by_debt")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="posting_above_zero"),
                    models.CheckConstraint(
                        condition=models.Q(("debit", models.F("credit")), _negated=True),
                        name="posting_between_two_accounts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "credit__in",
                                (
                                    "gateway",
                                    "offline",
                                    "receivable",
                                    "revenue",
                                    "tax",
                                    "customer_credit",
                                    "unapplied",
                                    "dispute_loss",
                                    "write_off",
                                ),
                            ),
                            (
                                "debit__in",
                                (
                                    "gateway",
                                    "offline",
                                    "receivable",
                                    "revenue",
                                    "tax",
                                    "customer_credit",
                                    "unapplied",
                                    "dispute_loss",
                                    "write_off",
                                ),
                            ),
                        ),
                        name="posting_accounts_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CreditNote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("number", models.CharField(max_length=40)),
                (
                    "invoice",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_notes",
                        to="handsel.invoice",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "refund",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.refund",
                    ),
                ),
                ("currency", models.CharField(max_length=3)),
                ("issued_on", models.DateField()),
                ("reason", models.TextField()),
                ("parties", models.JSONField()),
                ("lines", models.JSONField()),
                ("net_minor", models.BigIntegerField()),
                ("tax_minor", models.BigIntegerField()),
                ("total_minor", models.BigIntegerField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "credit_notes",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["partner", "invoice", "id"], name="credit_notes_by_invoice")],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "number"), name="credit_note_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("refund__isnull", False)),
                        fields=("partner", "refund"),
                        name="one_credit_note_per_refund",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("net_minor__gte", 0), ("tax_minor__gte", 0), ("total_minor__gt", 0)),
                        name="credit_note_above_zero",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Signature",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "offer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.offer",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.order",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=200)),
                ("email", models.EmailField(max_length=254)),
                ("kind", models.CharField(max_length=5)),
                ("image", models.BinaryField(null=True)),
                ("image_sha256", models.CharField(blank=True, max_length=64)),
                ("consent", models.TextField()),
                ("agreed", models.JSONField(default=list)),
                ("terms", models.JSONField(null=True)),
                ("document_sha256", models.CharField(max_length=64)),
                ("address", models.CharField(max_length=45)),
                ("user_agent", models.CharField(blank=True, max_length=500)),
                ("sent_at", models.DateTimeField()),
                ("viewed_at", models.DateTimeField()),
                ("signed_at", models.DateTimeField()),
                ("evidence_sha256", models.CharField(max_length=64)),
            ],
            options={
                "db_table": "signatures",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "offer"), name="one_signature_per_offer"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="signature_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("image", None), ("kind", "typed")),
                            models.Q(("image__isnull", False), ("kind", "drawn")),
                            _connector="OR",
                        ),
                        name="drawn_signature_has_an_image",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignedDocument",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "offer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.offer",
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("content", models.BinaryField()),
                ("sha256", models.CharField(max_length=64)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "signed_documents",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "offer", "kind"), name="signed_document_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("key_encrypted", models.TextField()),
                ("certificate", models.TextField()),
                ("fingerprint", models.CharField(max_length=64)),
                ("is_own", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "signing_keys",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)), fields=("partner",), name="one_signing_key_in_use"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "order",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.order",
                    ),
                ),
                (
                    "offer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.offer",
                    ),
                ),
                (
                    "customer",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.customer",
                    ),
                ),
                (
                    "member",
                    handsel.models.people.MemberKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.member",
                    ),
                ),
                ("author", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "messages",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["partner", "order", "id"], name="messages_by_order")],
            },
        ),
        migrations.CreateModel(
            name="MailCursor",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "mail_cursors",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("partner",), name="one_mail_cursor")],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                (
                    "event",
                    handsel.database.tables.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.event",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("recipient", models.EmailField(max_length=254)),
                ("recipient_name", models.CharField(blank=True, max_length=200)),
                ("subject", models.CharField(max_length=300)),
                ("text", models.TextField()),
                ("html", models.TextField()),
                ("attachments", models.JSONField(default=list)),
                ("message_id", models.CharField(max_length=200)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "mails",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="mails_due",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("partner", "event", "kind", "recipient"), name="mail_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MailText",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=handsel.database.ids.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="handsel.partner",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("language", models.CharField(max_length=5)),
                ("subject", models.CharField(max_length=300)),
                ("body", models.TextField()),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "mail_texts",
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("partner", "kind", "language"), name="mail_text_once")],
            },
        ),
    ]
