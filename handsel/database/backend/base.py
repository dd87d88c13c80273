"""PostgreSQL as Django knows it, less one assumption that composite keys break."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base, features


class DatabaseFeatures(features.DatabaseFeatures):
    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        """`GROUP BY id` alone is no key where the primary key is (partner_id, id)."""
        return not getattr(model, "is_tenant_table", False) and super().allows_group_by_selected_pks_on_model(model)


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
