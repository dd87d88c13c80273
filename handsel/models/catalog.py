"""What is sold, and what tax is added."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import now as real_now

from handsel.database.tables import TenantForeignKey, TenantTable

INTERVALS = ("day", "week", "month", "year")


class Product(TenantTable):
    """Something sold: once (`interval` null), or again each `interval_count` intervals. Prices in minor units."""

    prefix = "prd"

    name = models.CharField(max_length=200)
    sku = models.CharField(max_length=80)
    description = models.TextField(blank=True)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    interval = models.CharField(max_length=5, null=True)  # noqa: DJ001  null is "one-time", not an empty interval
    interval_count = models.PositiveSmallIntegerField(default=1)
    trial_days = models.PositiveSmallIntegerField(default=0)
    vendor_url = models.URLField(max_length=500, blank=True)
    vendor_secret_encrypted = models.TextField(blank=True)
    prerequisite = TenantForeignKey("self", null=True)
    tax_exempt = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "products"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "sku"], name="product_sku_once"),
            models.CheckConstraint(condition=models.Q(price_minor__gte=0), name="product_price_not_negative"),
            models.CheckConstraint(
                condition=models.Q(interval__isnull=True) | models.Q(interval__in=INTERVALS),
                name="product_interval_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_recurring(self) -> bool:
        return self.interval is not None


class TaxRate(TenantTable):
    """A tax of one country, or of one region of it."""

    prefix = "txr"

    name = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=100, blank=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    inclusive = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "tax_rates"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(percent__range=(0, 100)), name="tax_percent_in_range")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.percent.normalize():f} %"
