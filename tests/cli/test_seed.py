"""`handsel seed` and `handsel api-key`."""

from __future__ import annotations

import subprocess
import sys

from handsel.database.tenancy import reading
from handsel.models import Credential, Customer, Member, Order, OrderCount, Partner, SearchWord, Subscription
from handsel.models.access import hash_secret
from handsel.reads.verify import check_all, partners_to_check


def handsel(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "handsel.cli", *arguments], capture_output=True, text=True, check=False
    )


def test_seeding_twice_adds_what_is_asked_for_each_time() -> None:
    for _ in range(2):
        told = handsel("seed", "--customers", "20", "--orders", "300", "--subscriptions", "50")
        assert told.returncode == 0, told.stderr
    partner = Partner.objects.get(slug="seed")
    with reading(partner.id):
        assert (Customer.objects.count(), Order.objects.count(), Subscription.objects.count()) == (40, 600, 100)
        assert len(set(Order.objects.values_list("status", flat=True))) == 11
        assert sum(OrderCount.objects.values_list("change", flat=True)) == 600
        assert SearchWord.objects.filter(kind="order", word="o-00600").count() == 1
        newest = Order.objects.order_by("-id").values_list("number", flat=True)[0]
    assert newest == "O-00600"


def test_seeded_rows_are_not_what_verify_is_about_but_their_sums_are_right() -> None:
    handsel("seed", "--customers", "5", "--orders", "30", "--subscriptions", "5")
    partner = Partner.objects.get(slug="seed")
    assert partner.id not in {each.id for each in partners_to_check()}
    sums = {"orders_add_up", "rows_point_at_their_own_partners_rows", "tables_are_closed_to_other_partners"}
    assert not sums & {finding.check for finding in check_all(partner.id)}


def test_a_key_is_printed_once_and_opens_the_member(alice: Member) -> None:
    told = handsel("api-key", "--partner", alice.partner.slug, "--member", str(alice.user.email).upper())
    assert told.returncode == 0, told.stderr
    secret = told.stdout.strip()
    credential = Credential.objects.get(hash=hash_secret(secret))
    assert (credential.partner_id, credential.kind) == (alice.partner_id, Credential.API_KEY)


def test_a_key_for_nobody_is_refused(alice: Member) -> None:
    told = handsel("api-key", "--partner", alice.partner.slug, "--member", "nobody@example.com")
    assert (told.returncode, told.stdout) == (2, "")
    assert "no active member" in told.stderr
