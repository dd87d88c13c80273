"""Charges read, refunds made: never more than was captured."""

from __future__ import annotations

from handsel_sandbox import cards
from handsel_sandbox.call import Call, new_id, now
from handsel_sandbox.currencies import written
from handsel_sandbox.errors import Json, invalid, no_such, refused
from handsel_sandbox.listing import answer_list

_REASONS = ("duplicate", "fraudulent", "requested_by_customer")


def create(call: Call) -> Json:
    params = call.params
    charge_id, intent_id = params.text("charge"), params.text("payment_intent")
    amount, reason = params.integer("amount"), params.choice("reason", _REASONS)
    metadata = params.metadata()
    params.texts("expand")
    params.finish("instructions_email", "origin")
    if not charge_id and not intent_id:
        raise invalid("One of charge or payment_intent is needed.", code="parameter_missing", param="charge")
    if amount is not None and amount < 1:
        raise invalid("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    charge = _charge_of(call, charge_id, intent_id)
    left: int = charge["amount_captured"] - charge["amount_refunded"]
    if left == 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    wanted = left if amount is None else amount
    if wanted > left:
        shown, rest = written(wanted, charge["currency"]), written(left, charge["currency"])
        raise refused(f"Refund amount ({shown}) is greater than unrefunded amount on charge ({rest})", param="amount")
    return _make(call, charge, wanted, reason, metadata or {})


def _charge_of(call: Call, charge_id: str | None, intent_id: str | None) -> Json:
    if charge_id:
        charge = call.store.find("charge", charge_id)
        if charge is None:
            raise no_such("charge", charge_id, param="charge", in_path=False)
    else:
        intent = call.store.find("payment_intent", intent_id or "")
        if intent is None:
            raise no_such("payment_intent", intent_id or "", param="payment_intent", in_path=False)
        charge = call.store.find("charge", intent["latest_charge"]) if intent["latest_charge"] else None
    if charge is None or not charge["captured"]:
        raise refused("This PaymentIntent does not have a successful charge to refund.", param="payment_intent")
    return charge


def _make(call: Call, charge: Json, amount: int, reason: str | None, metadata: dict[str, str]) -> Json:
    method = call.store.find("payment_method", charge["payment_method"])
    card = cards.BY_TOKEN[method["_sandbox"]["card"]] if method else cards.BY_TOKEN["pm_card_visa"]
    refund: Json = {
        "id": new_id("re"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": charge["id"],
        "created": now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": {
            "card": {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"},
            "type": "card",
        },
        "metadata": metadata,
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "pending" if card.refund == "pending" else "succeeded",
        "transfer_reversal": None,
        "_sandbox": {"becomes": card.refund},
    }
    if card.refund == "pending":
        refund["pending_reason"] = "processing"
    call.store.insert(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    call.store.update(charge)
    call.emit("refund.created", refund)
    call.emit("charge.refunded", charge)
    return refund


def finish_bank_work(call: Call) -> int:
    """The bank's days have passed: pending refunds arrive, refused ones fail and their money is captured again."""
    changed = 0
    for refund in call.store.select("refund", [], limit=1000):
        becomes = refund["_sandbox"]["becomes"]
        if becomes == "pending" and refund["status"] == "pending":
            refund.update(status="succeeded")
            refund.pop("pending_reason", None)
        elif becomes == "failed" and refund["status"] == "succeeded":
            refund.update(status="failed", failure_reason="expired_or_canceled_card")
            charge = call.store.find("charge", refund["charge"])
            assert charge is not None, "a refund is never without its charge"
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            call.store.update(charge)
            call.emit("refund.failed", refund)
        else:
            continue
        call.store.update(refund)
        call.emit("refund.updated", refund)
        changed += 1
    return changed


def retrieve(call: Call, refund_id: str) -> Json:
    refund = call.store.find("refund", refund_id)
    if refund is None:
        raise no_such("refund", refund_id)
    call.params.texts("expand")
    call.params.finish()
    return refund


def answer_all(call: Call) -> Json:
    return answer_list(call, "refund", "/v1/refunds", ("charge", "payment_intent"))


def retrieve_charge(call: Call, charge_id: str) -> Json:
    charge = call.store.find("charge", charge_id)
    if charge is None:
        raise no_such("charge", charge_id)
    call.params.texts("expand")
    call.params.finish()
    return charge


def answer_charges(call: Call) -> Json:
    return answer_list(call, "charge", "/v1/charges", ("customer", "payment_intent"))
