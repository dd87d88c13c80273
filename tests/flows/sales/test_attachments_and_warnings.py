from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.conf import settings

from handsel.database.tenancy import reading, writing
from handsel.flows.catalog.products import update_product
from handsel.flows.sales.attachments import add_attachment, remove_attachment
from handsel.flows.sales.draft import LineDraft
from handsel.flows.sales.moves import act
from handsel.flows.sales.warnings import OrderWarning, warnings_for
from handsel.models import Activation, Attachment, Customer, Member, Order, Partner, Product
from handsel.rules.errors import Invalid, NotAllowed, NotFound, Refused
from tests.cast import acting, event_types, make_customer, make_member, make_order, read_lines

TODAY = dt.date(2027, 3, 1)
PDF = b"%PDF-1.7 a contract"


@pytest.fixture
def order(partner: Partner, bob: Member, dana: Customer, website: Product) -> Order:
    return make_order(partner, acting(bob), dana, [website])


def attach(partner: Partner, member: Member, order: Order, **fields: object) -> Attachment:
    given = {"name": "contract.pdf", "content_type": "application/pdf", "content": PDF}
    return add_attachment(partner, acting(member), order.id, **{**given, **fields})  # type: ignore[arg-type]


def test_a_file_is_kept_with_its_hash_and_its_plain_name(partner: Partner, bob: Member, order: Order) -> None:
    kept = attach(partner, bob, order, name="C:\\Users\\bob\\contract.pdf", for_customer=True)
    with reading(partner.id):
        row = Attachment.objects.get(id=kept.id)
    assert (row.name, row.size_bytes, row.for_customer) == ("contract.pdf", len(PDF), True)
    assert (bytes(row.content), row.sha256) == (PDF, hashlib.sha256(PDF).hexdigest())
    remove_attachment(partner, acting(bob), kept.id)
    with reading(partner.id):
        assert not Attachment.objects.filter(id=kept.id).exists()
    assert event_types(partner, order.id)[1:] == ["order.attachment_added", "order.attachment_removed"]


@pytest.mark.parametrize(
    "fields",
    [
        {"content": b""},
        {"content": b"MZ\x90"},
        {"content": b"%PDF-" + b"x" * settings.ATTACHMENT_MAX_BYTES},
        {"content_type": "text/html", "content": b"<script>"},
        {"content_type": "image/svg+xml", "content": b"<svg>"},
        {"name": "folder/"},
        {"name": "a\x00.pdf"},
    ],
)
def test_what_is_not_what_it_says_or_could_be_run_is_refused(
    partner: Partner, bob: Member, order: Order, fields: dict[str, object]
) -> None:
    with pytest.raises(Invalid):
        attach(partner, bob, order, **fields)
    with reading(partner.id):
        assert not Attachment.objects.filter(order_id=order.id).exists()


def test_what_is_offered_stays_once_submitted_but_staff_may_still_file(
    partner: Partner, bob: Member, order: Order
) -> None:
    act(partner, acting(bob), "submit_to_admin", order.id)
    with pytest.raises(Refused) as caught:
        attach(partner, bob, order, for_customer=True)
    assert caught.value.code == "order_not_editable"
    assert attach(partner, bob, order).name == "contract.pdf"


def test_only_owner_and_managers_attach_and_foreign_files_do_not_exist(
    partner: Partner, bob: Member, charlie: Member, order: Order
) -> None:
    reader = make_member(partner, "Rita", "salesperson", grants=["orders.view_all"])
    with pytest.raises(NotAllowed):
        attach(partner, reader, order)
    kept = attach(partner, bob, order)
    with pytest.raises(NotFound):
        remove_attachment(charlie.partner, acting(charlie), kept.id)


def warn(partner: Partner, order: Order) -> list[OrderWarning]:
    lines = read_lines(partner, order)
    with reading(partner.id):
        return warnings_for(Order.objects.select_related("customer").get(id=order.id), lines, TODAY)


def test_an_order_in_order_warns_of_nothing(partner: Partner, order: Order) -> None:
    assert warn(partner, order) == []


def test_a_start_in_the_past_is_said_of_the_order_and_of_the_line(
    partner: Partner, bob: Member, dana: Customer, website: Product
) -> None:
    past = TODAY - dt.timedelta(days=1)
    late = make_order(partner, acting(bob), dana, [LineDraft(website.id, start_on=past)], contract_start_on=past)
    line = read_lines(partner, late)[0]
    assert [(w.code, w.line_id) for w in warn(partner, late)] == [("start_in_past", None), ("start_in_past", line.id)]
    on_the_day = make_order(partner, acting(bob), dana, [LineDraft(website.id, start_on=TODAY)])
    assert warn(partner, on_the_day) == []


def test_a_customer_without_an_address_is_said(partner: Partner, bob: Member, website: Product) -> None:
    nowhere = make_customer(partner, acting(bob), address={})
    assert [w.code for w in warn(partner, make_order(partner, acting(bob), nowhere, [website]))] == ["no_address"]


def test_what_is_active_already_and_what_lacks_its_prerequisite_is_said(
    partner: Partner, alice: Member, bob: Member, dana: Customer, website: Product, hosting: Product
) -> None:
    update_product(partner, acting(alice), hosting.id, {"prerequisite_id": website.id})
    alone = make_order(partner, acting(bob), dana, [hosting])
    assert [w.code for w in warn(partner, alone)] == ["prerequisite_missing"]
    assert warn(partner, make_order(partner, acting(bob), dana, [hosting, website])) == []
    sold = make_order(partner, acting(bob), dana, [website])
    line = read_lines(partner, sold)[0]
    with writing(partner.id):
        Activation(
            partner=partner, order=sold, line=line, product=website, status="activated",
            starts_on=TODAY, starts_at=dt.datetime(2027, 3, 1, tzinfo=dt.UTC),
        ).save(force_insert=True)  # fmt: skip
    assert warn(partner, alone) == []
    assert [w.code for w in warn(partner, make_order(partner, acting(bob), dana, [website]))] == ["already_active"]
    assert warn(partner, sold) == []
