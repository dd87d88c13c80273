"""The files of an offer's page: the document as it is signed, what was attached, and what the customer keeps after."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from handsel.database.ids import parse
from handsel.database.tenancy import reading
from handsel.documents.invoice import render_invoice
from handsel.flows.sales.link import offer_of
from handsel.models import Attachment, Credential, Logo, Partner, SignedDocument
from handsel.models.access import hash_secret
from handsel.reads.billing.invoice import invoice_document
from handsel.reads.sales.offer import offered_attachment
from handsel.rules.errors import NotFound
from handsel.rules.offer_state import OfferState
from handsel.web.accent import accent_stylesheet
from handsel.web.pictures import logo_answer
from handsel.web.portal.links import private
from handsel.web.portal.offer import opened, over

PDF = "application/pdf"
_KEPT_SECONDS = 3600


@require_GET
def document(request: HttpRequest, token: str) -> HttpResponseBase:
    """The offer's PDF: the stored bytes, whose SHA-256 is what is signed."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    with reading(found.partner.id):
        content = bytes(offer_of(found.link, with_pdf=True).pdf)
    return _file(content, PDF, f"{found.view.page.content.number}.pdf", shown=True)


@require_GET
def attachment(request: HttpRequest, token: str, attachment_id: str) -> HttpResponseBase:
    """One of the files that were offered: always downloaded, never run in our pages."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    wanted = parse(Attachment.prefix, attachment_id)
    if wanted is None:
        raise Http404
    try:
        with reading(found.partner.id):
            row = offered_attachment(found.view.page, wanted)
            content = bytes(row.content)
    except NotFound as error:
        raise Http404 from error
    return _file(content, row.content_type, row.name, shown=False)


@require_GET
def signed(request: HttpRequest, token: str, kind: str) -> HttpResponseBase:
    """The signed offer or its certificate, once it is made."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    if kind not in found.view.page.documents:
        raise Http404
    with reading(found.partner.id):
        rows = SignedDocument.objects.filter(offer_id=found.link.offer_id, kind=kind)
        content = bytes(rows.values_list("content", flat=True).get())
    return _file(content, PDF, f"{found.view.page.content.number}-{kind}.pdf", shown=False)


@require_GET
def receipt(request: HttpRequest, token: str) -> HttpResponseBase:
    """The invoice of the accepted offer, paid or due, from its frozen rows."""
    found = opened(request, token)
    if found.is_over:
        return over(request, found)
    invoice = found.view.page.invoice
    if found.state != OfferState.DONE or invoice is None or invoice.number is None:
        raise Http404
    with reading(found.partner.id):
        content = render_invoice(invoice_document(invoice))
    return _file(content, PDF, f"{invoice.number}.pdf", shown=False)


@require_GET
def logo(request: HttpRequest, token: str) -> HttpResponse:
    """The partner's picture, also on a link that is over: it says whose that was."""
    partner = _partner(token)
    with reading(partner.id):
        row = Logo.objects.first()
    if row is None:
        raise Http404
    return logo_answer(row)


@require_GET
def accent(request: HttpRequest, token: str) -> HttpResponse:
    """The partner's colour, for the page under this link."""
    response = HttpResponse(accent_stylesheet(_partner(token).accent), content_type="text/css")
    response["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    return response


def _partner(token: str) -> Partner:
    rows = Credential.objects.select_related("partner").filter(kind=Credential.OFFER_LINK)
    credential = rows.filter(hash=hash_secret(token)).first()
    if credential is None:
        raise Http404
    return credential.partner


def _file(content: bytes, content_type: str, name: str, *, shown: bool) -> HttpResponse:
    """A file under its name; `shown` in the browser, else downloaded."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not shown, name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return private(response)
