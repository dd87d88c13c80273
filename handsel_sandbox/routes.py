"""Every path of the API on one screen."""

from __future__ import annotations

import re
from collections.abc import Callable

from handsel_sandbox import customers, events, payment_intents, payment_methods, refunds, setup_intents
from handsel_sandbox.errors import ApiError, Json

Endpoint = Callable[..., Json]

_TABLE: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "customers", customers.create),
    ("GET", "customers/*", customers.retrieve),
    ("POST", "customers/*", customers.update),
    ("GET", "customers/*/payment_methods", payment_methods.answer_of_customer),
    ("POST", "payment_methods", payment_methods.create),
    ("GET", "payment_methods", payment_methods.answer_all),
    ("GET", "payment_methods/*", payment_methods.retrieve),
    ("POST", "payment_methods/*", payment_methods.update),
    ("POST", "payment_methods/*/attach", payment_methods.attach),
    ("POST", "payment_methods/*/detach", payment_methods.detach),
    ("POST", "payment_intents", payment_intents.create),
    ("GET", "payment_intents", payment_intents.answer_all),
    ("GET", "payment_intents/search", payment_intents.search),
    ("GET", "payment_intents/*", payment_intents.retrieve),
    ("POST", "payment_intents/*/confirm", payment_intents.confirm),
    ("POST", "payment_intents/*/cancel", payment_intents.cancel),
    ("POST", "setup_intents", setup_intents.create),
    ("GET", "setup_intents", setup_intents.answer_all),
    ("GET", "setup_intents/*", setup_intents.retrieve),
    ("POST", "setup_intents/*/confirm", setup_intents.confirm),
    ("POST", "setup_intents/*/cancel", setup_intents.cancel),
    ("GET", "charges", refunds.answer_charges),
    ("GET", "charges/*", refunds.retrieve_charge),
    ("POST", "refunds", refunds.create),
    ("GET", "refunds", refunds.answer_all),
    ("GET", "refunds/*", refunds.retrieve),
    ("GET", "events", events.answer_all),
    ("GET", "events/*", events.retrieve),
    ("POST", "webhook_endpoints", events.create_endpoint),
    ("GET", "webhook_endpoints", events.answer_endpoints),
    ("GET", "webhook_endpoints/*", events.retrieve_endpoint),
    ("DELETE", "webhook_endpoints/*", events.delete_endpoint),
)
_PATTERNS = tuple(
    (method, re.compile("/v1/" + path.replace("*", r"([A-Za-z0-9_]+)")), endpoint) for method, path, endpoint in _TABLE
)
# What the page's own script may do with the publishable key.
_FOR_BROWSERS = frozenset({payment_methods.create, payment_intents.retrieve, setup_intents.retrieve})


def resolve(method: str, path: str, *, publishable: bool) -> tuple[Endpoint, tuple[str, ...]]:
    for wanted, pattern, endpoint in _PATTERNS:
        found = pattern.fullmatch(path) if wanted == method else None
        if found is None:
            continue
        if publishable and endpoint not in _FOR_BROWSERS:
            message = "This API call cannot be made with a publishable API key. Please use a secret API key."
            raise ApiError(401, "invalid_request_error", message, code="secret_key_required", began=False)
        return endpoint, found.groups()
    message = f"Unrecognized request URL ({method}: {path[:200]})."
    raise ApiError(404, "invalid_request_error", message, began=False)
