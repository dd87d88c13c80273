"""Mail that is owed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.timezone import now as real_now

from handsel.database.tables import TenantForeignKey, TenantTable
from handsel.models.history import Event


class MailCursor(TenantTable):
    """How far along a partner's sealed events mails have been made from."""

    position = models.BigIntegerField(default=0)

    class Meta(TenantTable.Meta):
        db_table = "mail_cursors"
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["partner"], name="one_mail_cursor")]


class Mail(TenantTable):
    """One mail, made once from one event for one recipient, then sent, retried with backoff."""

    prefix = "msg"

    event = TenantForeignKey(Event)
    kind = models.CharField(max_length=40)
    recipient = models.EmailField()
    recipient_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    attachments = models.JSONField(default=list)  # [{"kind": "invoice", "id": …}], rendered when sent
    message_id = models.CharField(max_length=200)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=real_now)
    sent_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "mails"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "event", "kind", "recipient"], name="mail_once")
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(
                fields=["next_attempt_at"], name="mails_due", condition=models.Q(next_attempt_at__isnull=False)
            )
        ]


class MailText(TenantTable):
    """A partner's own words for one kind of mail in one language, instead of ours (`messages.texts`)."""

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=300)
    body = models.TextField()
    updated_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "mail_texts"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "kind", "language"], name="mail_text_once")
        ]
