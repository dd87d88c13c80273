"""Events read back, and the endpoints they are sent to."""

from __future__ import annotations

import secrets

from handsel_sandbox.call import API_VERSION, Call, new_id, now
from handsel_sandbox.errors import Json, invalid, no_such
from handsel_sandbox.listing import answer_list
from handsel_sandbox.store import Store


def retrieve(call: Call, event_id: str) -> Json:
    event = call.store.find("event", event_id)
    if event is None:
        raise no_such("event", event_id)
    call.params.texts("expand")
    call.params.finish()
    event["pending_webhooks"] = call.store.pending_deliveries(event_id)
    return event


def answer_all(call: Call) -> Json:
    return answer_list(call, "event", "/v1/events", ("type",))


def create_endpoint(call: Call) -> Json:
    """The answer to creation is the only one that shows the secret."""
    params = call.params
    url, wanted = params.required("url"), params.texts("enabled_events")
    description, metadata = params.text("description") or None, params.metadata() or {}
    params.texts("expand")
    params.finish("api_version", "connect")
    if not url.startswith(("http://", "https://")):
        raise invalid(
            "Invalid URL: An explicit scheme (such as https) must be provided.", code="url_invalid", param="url"
        )
    if not wanted:
        raise invalid("Missing required param: enabled_events.", code="parameter_missing", param="enabled_events")
    secret = f"whsec_{secrets.token_hex(16)}"
    endpoint = _endpoint(new_id("we"), url, wanted, secret, description, metadata)
    call.store.insert(endpoint)
    return endpoint | {"secret": secret}


def _endpoint(
    endpoint_id: str, url: str, wanted: list[str], secret: str, description: str | None, metadata: dict[str, str]
) -> Json:
    return {
        "id": endpoint_id,
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": now(),
        "description": description,
        "enabled_events": wanted,
        "livemode": False,
        "metadata": metadata,
        "status": "enabled",
        "url": url,
        "_sandbox": {"secret": secret},
    }


def configure_endpoint(store: Store, url: str, secret: str) -> None:
    """The endpoint named at start: one row, whatever the address was last time."""
    endpoint = _endpoint("we_configured", url, ["*"], secret, "Configured at start", {})
    with store.transaction():
        if store.find("webhook_endpoint", "we_configured") is None:
            store.insert(endpoint)
        else:
            store.update(endpoint)


def retrieve_endpoint(call: Call, endpoint_id: str) -> Json:
    endpoint = call.store.find("webhook_endpoint", endpoint_id)
    if endpoint is None:
        raise no_such("webhook endpoint", endpoint_id)
    call.params.texts("expand")
    call.params.finish()
    return endpoint


def answer_endpoints(call: Call) -> Json:
    return answer_list(call, "webhook_endpoint", "/v1/webhook_endpoints")


def delete_endpoint(call: Call, endpoint_id: str) -> Json:
    retrieve_endpoint(call, endpoint_id)
    call.store.delete(endpoint_id)
    return {"id": endpoint_id, "object": "webhook_endpoint", "deleted": True}
