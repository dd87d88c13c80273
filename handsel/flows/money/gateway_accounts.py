"""Which gateways a partner takes money by: an account is added, tried, made the default, given other keys, closed.

Keys are encrypted before they are written, and no event, log or page repeats them; what is shown of a key is how it
ends (`reads.money.gateway`).
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import connection

from handsel.database.secrets import encrypt
from handsel.database.tenancy import reading
from handsel.flows.fields import Fields
from handsel.flows.idempotency import Claim
from handsel.flows.money.account_rows import add_sandbox, insert_account
from handsel.flows.money.gateways import gateway_of
from handsel.flows.money.settle import gateway_answers
from handsel.flows.work import Work, working
from handsel.gateways.base import GatewayWell, Rejected, Unknown
from handsel.models import GatewayAccount, Partner, Payment
from handsel.rules.errors import NotFound, Refused
from handsel.rules.gateway_keys import events_complaint, publishable_complaint, secret_complaint
from handsel.rules.offline import GATEWAY as OFFLINE
from handsel.rules.payment_states import LIVE_PAYMENT_STATUSES
from handsel.rules.permissions import Actor, Grant, check_grant

STRIPE_SCRIPT = "https://js.stripe.com/v3/"


def add_stripe_account(
    partner: Partner,
    actor: Actor,
    *,
    label: str,
    secret_key: str,
    publishable_key: str,
    event_secret: str = "",
    claim: Claim | None = None,
) -> GatewayAccount:
    """Add an account at Stripe; it is the default where there is none yet. Without `event_secret` no event of its is
    believed until our address is registered there (`register_event_endpoint`). Raises Invalid for keys of the other
    mode: a live partner takes live keys only, a test partner test keys only."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    fields = Fields()
    called = fields.text("label", label, 100)
    keys = _keys(partner, fields, secret_key=secret_key, publishable_key=publishable_key, event_secret=event_secret)
    fields.check()
    with working(partner, actor) as work:
        _lock_partner(work)
        account = GatewayAccount(
            partner_id=partner.id,
            name="stripe",
            label=called,
            script_url=STRIPE_SCRIPT,
            is_default=not GatewayAccount.objects.filter(is_default=True).exists(),
            created_at=work.now,
            **{"event_secret_encrypted": "", **keys},
        )
        if claim is not None:
            claim.remember("gateway_account", account.id)
        insert_account(work, account)
    return account


def add_offline_account(partner: Partner, actor: Actor) -> GatewayAccount:
    """From now on payments that came outside of any gateway are recorded here. Raises Refused where they are."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with working(partner, actor) as work:
        _check_only_one(work, OFFLINE, "Payments outside of a gateway are recorded already.")
        account = GatewayAccount(
            partner_id=partner.id,
            name=OFFLINE,
            secret_key_encrypted=encrypt(""),
            event_secret_encrypted="",
            is_default=False,
            created_at=work.now,
        )
        insert_account(work, account)
    return account


def add_sandbox_account(partner: Partner, actor: Actor) -> GatewayAccount:
    """The sandbox of this installation, for a partner in test mode that has none open. Raises Refused."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    if not partner.is_test or not settings.SANDBOX_URL:
        raise Refused("action_not_allowed", "The sandbox is for organisations in test mode: it moves no real money.")
    with working(partner, actor) as work:
        _check_only_one(work, "sandbox", "The sandbox is there already.")
        return add_sandbox(work, is_default=not GatewayAccount.objects.filter(is_default=True).exists())


def replace_keys(
    partner: Partner,
    actor: Actor,
    account_id: uuid.UUID,
    *,
    secret_key: str = "",
    publishable_key: str = "",
    event_secret: str = "",
) -> None:
    """Give a Stripe account other keys of the same account there; an empty one stays as it is. Raises Invalid, Refused
    for an account whose keys are not the partner's to change."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    fields = Fields()
    sent = {"secret_key": secret_key, "publishable_key": publishable_key, "event_secret": event_secret}
    if not any(key.strip() for key in sent.values()):
        fields.complain("secret_key", "Paste the key that is to be replaced.")
    columns = _keys(partner, fields, **{name: key for name, key in sent.items() if key.strip()})
    fields.check()
    with working(partner, actor) as work:
        account = _locked(account_id)
        if account.name != "stripe":
            raise Refused("action_not_allowed", "The keys of this account come with the installation.")
        for column, value in columns.items():
            setattr(account, column, value)
        account.save(update_fields=[*columns])
        replaced = sorted(column.removesuffix("_encrypted") for column in columns)
        work.record("gateway_account.keys_replaced", account, changes={"name": account.name, "fields": replaced})


def make_default(partner: Partner, actor: Actor, account_id: uuid.UUID) -> None:
    """New cards are entered at this account from now on; cards on file stay where they are. Raises Refused."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with working(partner, actor) as work:
        rows = GatewayAccount.objects.select_for_update(no_key=True).order_by("id")
        accounts = {row.id: row for row in rows}
        account = _known(accounts.get(account_id))
        if account.closed_at is not None or account.name == OFFLINE:
            raise Refused("action_not_allowed", "Only an open account at a gateway can take new cards.")
        if account.is_default:
            return
        before = next((row for row in accounts.values() if row.is_default), None)
        GatewayAccount.objects.filter(is_default=True).update(is_default=False)
        GatewayAccount.objects.filter(id=account.id).update(is_default=True)
        work.record(
            "gateway_account.made_default",
            account,
            changes={"name": account.name, "before": before.shown_id if before else None},
        )


def close_account(partner: Partner, actor: Actor, account_id: uuid.UUID) -> None:
    """Take no new payment by this account; what it took is still looked at and refunded. Raises Refused while it is
    the default, or a payment there is still open."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with working(partner, actor) as work:
        account = _locked(account_id)
        if account.closed_at is not None:
            return
        if account.is_default:
            raise Refused("gateway_in_use", "This is the default account. Make another one the default first.")
        if Payment.objects.filter(account_id=account.id, status__in=LIVE_PAYMENT_STATUSES).exists():
            raise Refused("gateway_in_use", "Payments at this account are still open. Close it once they are settled.")
        account.closed_at = work.now
        account.save(update_fields=["closed_at"])
        work.record("gateway_account.closed", account, changes={"name": account.name})


def check_account(partner: Partner, actor: Actor, account_id: uuid.UUID) -> GatewayWell | Rejected | Unknown:
    """Ask the gateway whether it answers to this account's key. Where it does, an outage is over."""
    check_grant(actor, Grant.SETTINGS_MANAGE)
    with reading(partner.id):
        account = _known(GatewayAccount.objects.filter(id=account_id).first())
    connection.close()
    outcome = gateway_of(account).check()
    if isinstance(outcome, GatewayWell) and account.failing_since is not None:
        # If we die here: the account still counts as failing, and its next answer does this.
        gateway_answers(partner, account.id)
    return outcome


def _keys(partner: Partner, fields: Fields, **sent: str) -> dict[str, str]:
    """The columns of the keys that were sent, secrets encrypted; complains without repeating any."""
    live, columns = not partner.is_test, {}
    keys = {name: key.strip() for name, key in sent.items()}
    complaints = {
        "secret_key": lambda key: secret_complaint(key, live=live),
        "publishable_key": lambda key: publishable_complaint(key, live=live),
        "event_secret": lambda key: events_complaint(key) if key else "",
    }
    for name, key in keys.items():
        if complaint := complaints[name](key):
            fields.complain(name, complaint)
        elif name == "publishable_key":
            columns[name] = key
        elif key:
            columns[f"{name}_encrypted"] = encrypt(key)
    return columns


def _check_only_one(work: Work, name: str, refusal: str) -> None:
    _lock_partner(work)
    if GatewayAccount.objects.filter(name=name, closed_at=None).exists():
        raise Refused("action_not_allowed", refusal)


def _lock_partner(work: Work) -> None:
    """Accounts are added one after the other: two members who add the first at once make one default."""
    Partner.objects.select_for_update(no_key=True).get(id=work.partner.id)


def _locked(account_id: uuid.UUID) -> GatewayAccount:
    return _known(GatewayAccount.objects.select_for_update(no_key=True).filter(id=account_id).first())


def _known(account: GatewayAccount | None) -> GatewayAccount:
    if account is None:
        raise NotFound("not_found", "There is no such gateway account.")
    return account
