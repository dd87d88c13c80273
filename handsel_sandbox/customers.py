"""Customers: created, read, changed."""

from __future__ import annotations

from handsel_sandbox.call import Call, new_id, now
from handsel_sandbox.errors import Json, no_such
from handsel_sandbox.params import Params

_TEXTS = ("name", "email", "description", "phone")
_ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def find(call: Call, customer_id: str, *, param: str = "id", in_path: bool = True) -> Json:
    customer = call.store.find("customer", customer_id)
    if customer is None:
        raise no_such("customer", customer_id, param=param, in_path=in_path)
    return customer


def create(call: Call) -> Json:
    customer: Json = {
        "id": new_id("cus", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": now(),
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": new_id("x", 8)[2:].upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    _write(call, customer)
    call.store.insert(customer)
    call.emit("customer.created", customer)
    return customer


def update(call: Call, customer_id: str) -> Json:
    customer = find(call, customer_id)
    _write(call, customer)
    call.store.update(customer)
    call.emit("customer.updated", customer)
    return customer


def retrieve(call: Call, customer_id: str) -> Json:
    customer = find(call, customer_id)
    call.params.texts("expand")
    call.params.finish()
    return customer


def address(params: Params | None) -> Json | None:
    if params is None:
        return None
    read = {name: params.text(name) or None for name in _ADDRESS}
    params.finish()
    return read


def _write(call: Call, customer: Json) -> None:
    params = call.params
    for name in _TEXTS:
        if params.has(name):
            customer[name] = params.text(name) or None
    if params.has("address"):
        customer["address"] = address(params.nested("address"))
    exempt = params.choice("tax_exempt", ("none", "exempt", "reverse"))
    customer["tax_exempt"] = exempt or customer["tax_exempt"]
    customer["metadata"] = merged(customer["metadata"], params.metadata())
    default = params.nested("invoice_settings")
    if default is not None:
        customer["invoice_settings"]["default_payment_method"] = default.text("default_payment_method") or None
        default.finish()
    params.texts("expand")
    params.finish("preferred_locales", "shipping")


def merged(present: dict[str, str], changes: dict[str, str] | None) -> dict[str, str]:
    """Stripe merges metadata; an empty value removes its key."""
    return {key: value for key, value in (present | (changes or {})).items() if value != ""}
