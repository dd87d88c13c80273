"""The order's table against the specification, written out a second time by hand: (verb, from) → to.

Whatever is not in EXPECTED must be refused, for every status and every verb.
"""

from __future__ import annotations

import re

import pytest

from handsel.rules.errors import Refused
from handsel.rules.order_facts import OrderFacts, target_status
from handsel.rules.order_states import ORDER
from handsel.rules.order_status import CancelCause, DeclineCause, OrderStatus

ANY = tuple(status.value for status in OrderStatus)

EXPECTED: dict[tuple[str, str], set[str]] = {
    ("submit_with_payment", "draft"): {"processing_payment", "processing"},
    ("submit_with_payment", "approved"): {"processing_payment", "processing"},
    ("submit_to_admin", "draft"): {"pending", "resubmitted"},
    ("send_for_customer_approval", "draft"): {"awaiting_customer_approval"},
    ("send_for_customer_approval", "approved"): {"awaiting_customer_approval"},
    ("resend", "awaiting_customer_approval"): {"awaiting_customer_approval"},
    ("recall", "awaiting_customer_approval"): {"draft"},
    ("approve_as_customer", "awaiting_customer_approval"): {"processing"},
    ("approve_and_pay", "awaiting_customer_approval"): {"processing_payment"},
    ("approve_and_pay", "declined"): {"processing_payment"},
    ("decline_as_customer", "awaiting_customer_approval"): {"declined"},
    ("expire_offer", "awaiting_customer_approval"): {"cancelled"},
    ("withdraw", "pending"): {"draft"},
    ("withdraw", "resubmitted"): {"draft"},
    ("approve", "pending"): {"approved"},
    ("approve", "resubmitted"): {"approved"},
    ("decline", "pending"): {"declined"},
    ("decline", "resubmitted"): {"declined"},
    ("activate", "approved"): {"processing", "scheduled"},
    ("activate", "draft"): {"processing", "scheduled"},
    ("cancel_payment", "processing_payment"): {"processing_payment"},
    ("settle_succeeded", "processing_payment"): {"processing"},
    ("settle_declined", "processing_payment"): {"declined"},
    ("settle_cancelled", "processing_payment"): {"draft", "approved", "awaiting_customer_approval", "declined"},
    ("finish_activation", "processing"): {"activation_errors", "scheduled", "activated"},
    ("finish_activation", "activation_errors"): {"scheduled", "activated"},
    ("start_activation", "scheduled"): {"processing"},
    ("retry_activation", "activation_errors"): {"processing"},
    ("ignore_errors", "activation_errors"): {"activated", "activation_errors"},
    ("convert_to_draft", "declined"): {"draft"},
    ("convert_to_draft", "cancelled"): {"draft"},
    **{
        ("request_cancellation", status): {"cancellation_requested"}
        for status in (
            "pending",
            "resubmitted",
            "awaiting_customer_approval",
            "approved",
            "scheduled",
            "activated",
            "activation_errors",
        )
    },
    ("refuse_cancellation", "cancellation_requested"): {
        "pending",
        "resubmitted",
        "awaiting_customer_approval",
        "approved",
        "scheduled",
        "activated",
        "activation_errors",
    },
    **{
        ("cancel", status): {"cancelled"}
        for status in (
            "draft",
            "pending",
            "resubmitted",
            "awaiting_customer_approval",
            "approved",
            "scheduled",
            "activated",
            "activation_errors",
            "cancellation_requested",
        )
    },
    **{
        ("archive", status): {"archived"}
        for status in ("draft", "declined", "cancelled", "activated", "activation_errors")
    },
    ("unarchive", "archived"): {"draft", "declined", "cancelled", "activated", "activation_errors"},
    **{("duplicate", status): {status} for status in ANY},
    **{("reassign", status): {status} for status in ANY},
}


@pytest.mark.parametrize("status", ANY)
@pytest.mark.parametrize("verb", ORDER.verbs)
def test_every_verb_from_every_status_leads_where_the_specification_says(verb: str, status: str) -> None:
    assert set(ORDER.targets(verb, status)) == EXPECTED.get((verb, status), set())
    assert (ORDER.edge(verb, status) is not None) == ((verb, status) in EXPECTED)


def test_the_specification_and_the_table_name_the_same_verbs() -> None:
    assert {verb for verb, _ in EXPECTED} == set(ORDER.verbs)


def test_the_statuses_and_labels_are_those_of_the_specification() -> None:
    assert ORDER.initial == "draft"
    assert dict(ORDER.labels) == {
        "draft": "Drafted",
        "pending": "Pending",
        "resubmitted": "Resubmitted",
        "awaiting_customer_approval": "Awaiting customer approval",
        "approved": "Approved",
        "processing_payment": "Processing payment",
        "processing": "Processing",
        "scheduled": "Scheduled activation",
        "activated": "Activated",
        "activation_errors": "Activation errors",
        "declined": "Declined",
        "cancellation_requested": "Cancellation request",
        "cancelled": "Cancelled",
        "archived": "Archived",
    }
    assert {cause.value for cause in DeclineCause} == {"payment", "customer", "admin"}
    assert "expired" in {cause.value for cause in CancelCause}


def test_only_the_gateway_ends_a_payment() -> None:
    leaving = {edge.verb for edge in ORDER.edges if "processing_payment" in edge.sources} - {"duplicate", "reassign"}
    ending = {verb for verb in leaving if set(ORDER.targets(verb, "processing_payment")) != {"processing_payment"}}
    assert ending == {"settle_succeeded", "settle_declined", "settle_cancelled"}
    assert all(edge.actors == ("gateway",) for verb in ending for edge in ORDER.rows(verb))


def test_nothing_reaches_processing_without_payment_activation_or_a_gateway_fact() -> None:
    entering = {edge.verb for edge in ORDER.edges if "processing" in edge.targets}
    assert entering == {
        "submit_with_payment",
        "approve_as_customer",
        "activate",
        "settle_succeeded",
        "start_activation",
        "retry_activation",
    }


def test_a_row_that_must_be_remembered_says_so() -> None:
    assert ORDER.remembers == {"processing_payment", "cancellation_requested", "archived"}


def test_the_dangerous_buttons_are_marked() -> None:
    marked = {edge.verb for edge in ORDER.edges if edge.dangerous}
    assert marked == {
        "cancel", "cancel_payment", "decline", "decline_as_customer", "ignore_errors", "recall", "request_cancellation",
    }  # fmt: skip


def test_a_refusal_says_what_is_possible_in_the_words_of_the_buttons() -> None:
    with pytest.raises(Refused, match=re.escape("“Pending”, so “Charge” is not possible. Possible now: “Withdraw”")):
        ORDER.check("submit_with_payment", "pending", "processing_payment")


@pytest.mark.parametrize(
    ("verb", "order", "later", "expected"),
    [
        ("submit_with_payment", OrderFacts("draft", due_minor=1), False, "processing_payment"),
        ("submit_with_payment", OrderFacts("approved", due_minor=0), False, "processing"),
        ("submit_to_admin", OrderFacts("draft"), False, "pending"),
        ("submit_to_admin", OrderFacts("draft", declined_before=True), False, "resubmitted"),
        ("activate", OrderFacts("approved"), False, "processing"),
        ("activate", OrderFacts("draft"), True, "scheduled"),
        ("settle_cancelled", OrderFacts("processing_payment", previous_status="approved"), False, "approved"),
        ("refuse_cancellation", OrderFacts("cancellation_requested", previous_status="scheduled"), False, "scheduled"),
        ("unarchive", OrderFacts("archived", previous_status="declined"), False, "declined"),
        ("duplicate", OrderFacts("activated"), False, "activated"),
        ("cancel_payment", OrderFacts("processing_payment", previous_status="draft"), False, "processing_payment"),
        ("decline", OrderFacts("resubmitted", previous_status="draft"), False, "declined"),
    ],
)
def test_the_facts_decide_where_a_verb_leads(verb: str, order: OrderFacts, later: bool, expected: str) -> None:
    assert target_status(verb, order, starts_later=later) == expected


def test_a_row_that_forgot_where_it_was_goes_nowhere() -> None:
    with pytest.raises(Refused):
        target_status("unarchive", OrderFacts("archived"))
    with pytest.raises(Refused):
        target_status("unarchive", OrderFacts("archived", previous_status="pending"))
