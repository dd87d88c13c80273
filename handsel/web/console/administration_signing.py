"""The key that signs offers and certificates, under Administration."""

from __future__ import annotations

from cryptography import x509
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from handsel.database.tenancy import reading
from handsel.flows.sales.signing_keys import bring_signing_key
from handsel.models import SigningKey
from handsel.reads.people.signing import signing_key_of, signing_keys_of
from handsel.rules.permissions import Grant
from handsel.web.console.administration import crumbs
from handsel.web.console.forms import REFUSALS, Form
from handsel.web.console.pages import row_id
from handsel.web.guards import Desk, staff

KEY_FIELDS = ("key_pem", "certificate_pem")


@sensitive_post_parameters("key_pem")
@require_http_methods(["GET", "HEAD", "POST"])
@staff(grant=Grant.SETTINGS_MANAGE)
def page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Which key signs, and the form for one's own. A key that was refused is typed again: no page repeats it."""
    form, status = Form(), 200
    if request.method == "POST":
        form = Form.posted(request)
        try:
            bring_signing_key(desk.partner, desk.actor, *(form.text(name) for name in KEY_FIELDS))
        except REFUSALS as refusal:
            status = form.refuse(refusal)
            form.values.pop("key_pem", None)
        else:
            messages.success(request, "Your key signs from now on. What was signed before keeps its signature.")
            return redirect("signing_key")
    with reading(desk.partner.id):
        context = {
            "form": form,
            "keys": [(key, *_read(key)) for key in signing_keys_of(desk.partner)],
            "crumbs": crumbs("Signing key"),
        }
        return render(request, "administration/signing_key.html", context, status=status)


@require_safe
@staff(grant=Grant.SETTINGS_MANAGE)
def certificate(request: HttpRequest, desk: Desk, signing_key: str) -> HttpResponse:
    """The certificate as a file, for whoever checks documents against it."""
    key = signing_key_of(desk.partner, row_id(SigningKey.prefix, signing_key))
    response = HttpResponse(key.certificate, content_type="application/x-pem-file")
    response["Content-Disposition"] = f'attachment; filename="signing-{key.fingerprint[:16]}.pem"'
    return response


def _read(key: SigningKey) -> tuple[str, object]:
    """Whom the certificate names, and until when it holds."""
    read = x509.load_pem_x509_certificate(key.certificate.encode())
    return read.subject.rfc4514_string(), read.not_valid_after_utc
