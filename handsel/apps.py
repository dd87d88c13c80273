"""The one Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Handsel(AppConfig):
    name = "handsel"
    verbose_name = "Handsel"

    def ready(self) -> None:
        from handsel.database.after_migrate import refresh

        post_migrate.connect(refresh, sender=self, dispatch_uid="handsel_after_migrate")
