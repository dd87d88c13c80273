"""Who sells, who works there, who buys."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.timezone import now as real_now

from handsel.database.ids import new_id
from handsel.database.tables import TenantForeignKey, TenantTable
from handsel.rules.permissions import Actor, Grant, OrderSettings, Role


class Partner(models.Model):
    """The organisation that sells: the tenant. Global; what belongs to it names it."""

    TEST, LIVE = "test", "live"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    mode = models.CharField(max_length=4, choices=[(TEST, "test"), (LIVE, "live")])
    clock_offset_seconds = models.BigIntegerField(default=0)
    legal_name = models.CharField(max_length=200, blank=True)
    tax_id = models.CharField(max_length=50, blank=True)
    email = models.EmailField(blank=True)
    line1 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, default="USD")
    timezone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=10, default="en_US")
    accent = models.CharField(max_length=7, default="#1f5d8c")
    logo_sha256 = models.CharField(max_length=64, blank=True)  # of `Logo`; empty where there is none
    invoice_prefix = models.CharField(max_length=12, default="INV-")
    credit_note_prefix = models.CharField(max_length=12, default="CN-")
    order_prefix = models.CharField(max_length=12, default="O-")
    payment_terms_days = models.PositiveSmallIntegerField(default=14)
    order_settings = models.JSONField(default=dict, blank=True)
    requires_two_factor = models.BooleanField(default=False)
    refund_limit_minor = models.BigIntegerField(null=True)  # above it a second person approves; null: no limit
    created_at = models.DateTimeField(default=real_now)

    class Meta:
        db_table = "partners"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(mode="test") | models.Q(clock_offset_seconds=0), name="live_keeps_real_time"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def settings(self) -> OrderSettings:
        """The order settings of DOMAIN.md section 8, with the defaults where nothing was changed."""
        return OrderSettings(**self.order_settings)

    @property
    def is_test(self) -> bool:
        return self.mode == self.TEST

    def address_lines(self) -> list[str]:
        return _address_lines(self)


def _address_lines(place: Any) -> list[str]:
    town = " ".join(part for part in (place.city, place.region, place.postal_code) if part)
    return [line for line in (place.line1, town, place.country) if line]


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can sign in. May be a member of several partners."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    sessions_ended = models.PositiveIntegerField(default=0)  # how often all of them were
    created_at = models.DateTimeField(default=real_now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"

    class Meta:
        db_table = "users"

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What Django compares at every request: with the password or `sessions_ended` changed, no session opened
        before is one any more."""
        told = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("handsel.User.session", told, secret=secret, algorithm="sha256").hexdigest()


class Member(models.Model):
    """A user's place at one partner: role, grants. Global, since a request finds its partner through it."""

    prefix: ClassVar[str] = "mem"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="members")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    grants = ArrayField(models.CharField(max_length=40), default=list)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=real_now)

    class Meta:
        db_table = "memberships"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "user"], name="one_membership_per_partner"),
            # The far side of the composite keys that point at members.
            models.UniqueConstraint(fields=["partner", "id"], name="membership_of_partner"),
        ]

    def __str__(self) -> str:
        return str(self.user)

    def actor(self, source: str) -> Actor:
        """This member as the one who acts; `source` is console or api."""
        return Actor(
            kind="member",
            id=str(self.id),
            label=str(self.user),
            role=Role(self.role),
            grants=frozenset(Grant(grant) for grant in self.grants),
            source=source,
        )


class MemberKey(TenantForeignKey):
    """A tenant's row pointing at one of its members, through the same composite key."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("to", Member)
        super().__init__(**kwargs)


class Invitation(TenantTable):
    """A member who was asked to join by mail, and has not done so yet: until then the membership is not active. The
    link is derived like an offer's; `sends` counts the links, of which only the newest works."""

    prefix = "ivt"

    member = MemberKey()
    email = models.EmailField()
    invited_by = MemberKey(null=True)
    sends = models.PositiveIntegerField(default=1)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(TenantTable.Meta):
        db_table = "invitations"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["partner", "member"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="one_open_invitation",
            )
        ]

    def is_open(self, now: dt.datetime) -> bool:
        """Whether it can be accepted at this instant of the partner's time."""
        return self.accepted_at is None and self.withdrawn_at is None and now < self.expires_at


class Logo(TenantTable):
    """The partner's picture on its customer pages; its bytes are in the database so that a backup holds them."""

    content = models.BinaryField()
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "logos"
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["partner"], name="one_logo")]


class Customer(TenantTable):
    """A business that the partner sells to."""

    prefix = "cus"

    number = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    email = models.EmailField()
    currency = models.CharField(max_length=3)
    timezone = models.CharField(max_length=64, default="UTC")
    locale = models.CharField(max_length=10, default="en_US")
    line1 = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    tax_id = models.CharField(max_length=50, blank=True)
    tax_exempt = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=real_now)
    updated_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "customers"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "number"], name="customer_number_once")
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["partner", "name", "id"], name="customers_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def has_address(self) -> bool:
        return bool(self.line1 and self.country)

    def address_lines(self) -> list[str]:
        return _address_lines(self)


class Contact(TenantTable):
    """A person at a customer."""

    prefix = "con"

    customer = TenantForeignKey(Customer)
    name = models.CharField(max_length=200)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=real_now)

    class Meta(TenantTable.Meta):
        db_table = "contacts"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "customer", "email"], name="contact_email_once")
        ]

    def __str__(self) -> str:
        return self.name


class BillingSettings(TenantTable):
    """How one customer is billed. Recipient and default method are null until set (DOMAIN.md sections 3.4 and 6)."""

    AUTOMATIC, SEND_INVOICE = "automatic", "send_invoice"

    customer = TenantForeignKey(Customer)
    recipient = TenantForeignKey(Contact, null=True)
    default_payment_method = TenantForeignKey("handsel.PaymentMethod", null=True)
    collection = models.CharField(max_length=20, default=AUTOMATIC)
    memo = models.TextField(blank=True)
    payment_terms_days = models.PositiveSmallIntegerField(default=14)

    class Meta(TenantTable.Meta):
        db_table = "billing_settings"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["partner", "customer"], name="one_billing_settings_per_customer")
        ]


def now_of(partner: Partner) -> dt.datetime:
    """The partner's time: the real one, moved by the test clock in test mode."""
    return real_now() + dt.timedelta(seconds=partner.clock_offset_seconds)
