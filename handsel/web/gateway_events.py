"""The address to which a gateway sends its events: verified, stored and acknowledged; a worker applies them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from handsel.flows.money.incoming import receive
from handsel.models import Credential
from handsel.rules.errors import HandselError, NotFound
from handsel.web.errors import answer
from handsel.web.guards import link_credential

MOST_BYTES = 1024 * 1024


@csrf_exempt  # The event's own signature proves who sends it.
def gateway_events(request: HttpRequest, name: str, account: str) -> HttpResponse:
    """200 once the event is stored, also for a repeat; 400 where its signature does not hold, 404 for an address that
    was never given out. The gateway sends again whatever is not answered with 200."""
    if request.method != "POST":
        refusal = answer(request, HandselError("method_not_allowed", "Events are sent here with POST."), status=405)
        refusal["Allow"] = "POST"
        return refusal
    credential = link_credential(Credential.GATEWAY_EVENTS, account)
    if credential is None:
        raise NotFound("not_found", "There is no such gateway account.")
    if len(request.body) > MOST_BYTES:
        return answer(request, HandselError("payload_too_large", "An event is at most one megabyte."), status=413)
    if not receive(credential.partner, credential.row_id, request.body, request.headers.get("Stripe-Signature", "")):
        return answer(request, HandselError("malformed_body", "The signature of this event does not hold."), status=400)
    return JsonResponse({"received": True})
