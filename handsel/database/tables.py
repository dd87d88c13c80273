"""What every tenant table is: a partner first in its key, rows found only within that partner."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar

from django.db import models
from django.db.models.lookups import Exact
from django.db.models.sql.where import WhereNode

from handsel.database.ids import new_id, show
from handsel.database.tenancy import current_partner

_Row = TypeVar("_Row", bound=models.Model)


class TenantManager(models.Manager[_Row]):
    """Finds the rows of the partner whose scope is open, and refuses to look outside one."""

    def get_queryset(self) -> models.QuerySet[_Row]:
        rows = super().get_queryset()
        partner = current_partner()
        return rows if partner is None else rows.filter(partner_id=partner)


class TenantForeignKey(models.ForeignKey):
    """A foreign key within one partner: joins compare the partner too, and the constraint in the database is
    composite (`TenantTables` writes it), so that a row cannot point at another partner's row."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        far: Any = self.remote_field.model._meta.get_field("partner")
        near: Any = self.model._meta.get_field("partner")
        same_partner: Any = Exact(far.get_col(alias), near.get_col(related_alias))
        return WhereNode([same_partner])


class TenantTable(models.Model):
    """The base of every row that belongs to a partner. `prefix` is the id's prefix outside (API.md)."""

    is_tenant_table: ClassVar[bool] = True
    append_only: ClassVar[bool] = False
    prefix: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey("handsel.Partner", models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    @property
    def shown_id(self) -> str:
        return show(self.prefix, self.id)
